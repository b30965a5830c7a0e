"""From the raw texts: a clean corpus of the same text, and a split that holds for both.

The rules are of the kinds that made web text better for training: near copies removed (Lee et al. 2022,
arXiv:2107.06499), quality rules of Gopher (Rae et al. 2021, arXiv:2112.11446, appendix A), repeated lines and code
removed (C4, RefinedWeb).
Near copies are found by MinHash over shingles of five words, in bands (Broder 1997; Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3).
"""

import inspect
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.recorder.text import HELD_OUT, number
from sim.streams import stream

SHINGLE = 5
BANDS, ROWS = 16, 3
"""Documents that share a fraction s of their shingles are found with probability 1 - (1 - s^3)^16: 0.88 at s = 0.5."""
WORD = re.compile(rb"[a-z0-9]+")
CROWD = 200
"""A cluster of more documents is boilerplate and stays in training: held out, it alone would be the evaluation."""
OVERLAP = 0.5
"""A training document that shares more of its shingles with the held-out ones is dropped."""
REPEATED = 5
"""A line that stands in more documents is boilerplate."""
WORDS = 20
"""A clean document has at least so many."""
COMMON = {"the", "be", "to", "of", "and", "that", "have", "with"}
"""A clean document has at least two of these: Gopher's rule."""
CODE = re.compile(
    r"^\s*(>>>|\.\.\.|\.\. |[|+]|:\w+|@|import |from \w+ import |def |class |return\b|[\w.\[\]]+ ?=)"
    r"|[{}=;|<>]{2}|\w\(\)"
)
LEGAL = re.compile(r"copyright|licen[cs]e|redistribut|warrant|all rights reserved|permission is hereby", re.IGNORECASE)
MARKUP = re.compile(r":[a-z:]+:`~?([^`<]*)(?:<[^`]*>)?`|`{1,2}([^`]*)`{1,2}_?|\*{1,2}([^*\s][^*]*)\*{1,2}")


@dataclass(frozen=True)
class Split:
    """Documents of one corpus."""

    training: list[bytes]
    held: list[bytes]


def splits(texts: Sequence[bytes]) -> tuple[Split, Split, dict[str, int]]:
    """The raw and the clean corpus, and what was counted on the way.

    A cluster of near copies is held out as a whole, in both corpora, so neither training set knows a held-out document
    of either.
    """
    sets = [shingles(text) for text in texts]
    cluster = clusters(sets)
    sizes = np.bincount(cluster, minlength=len(texts))
    held = np.array([number(texts[c]) % HELD_OUT == 0 and sizes[c] <= CROWD for c in cluster], dtype=bool)
    cleaned = clean(texts, cluster)
    both = [list(texts), cleaned]
    kept = np.unique(
        np.concatenate(
            [shingles(one[place]) for place in np.flatnonzero(held).tolist() for one in both]
            or [np.empty(0, dtype=np.uint64)]
        )
    )
    raw, pure = (_split(one, held, kept) for one in both)
    counts = {
        "texts": len(texts),
        "clusters": len(np.unique(cluster)),
        "overlapping texts dropped": len(texts) - len(raw.training) - len(raw.held),
    }
    return raw, pure, counts


def _split(texts: list[bytes], held: np.ndarray, kept: np.ndarray) -> Split:
    training = [texts[place] for place in np.flatnonzero(~held).tolist() if texts[place]]
    return Split(
        [text for text in training if shared(shingles(text), kept) <= OVERLAP],
        [texts[place] for place in np.flatnonzero(held).tolist() if texts[place]],
    )


def clean(texts: Sequence[bytes], cluster: np.ndarray) -> list[bytes]:
    """Each text cleaned; empty where it is a near copy of an earlier one, or too poor."""
    bodies = [_prose(text.decode()) for text in texts]
    repeats = Counter(line for body in bodies for line in set(body))
    best: dict[int, int] = {}
    rest = ["\n".join(line for line in body if repeats[line] <= REPEATED) for body in bodies]
    for place, body in enumerate(rest):
        if _good(body) and len(body) > len(rest[best[cluster[place]]] if cluster[place] in best else ""):
            best[int(cluster[place])] = place
    chosen, seen = set(best.values()), set()
    out = []
    for place, body in enumerate(rest):
        fresh = place in chosen and body not in seen
        seen.add(body)
        out.append(body.encode() if fresh else b"")
    return out


def _prose(text: str) -> list[str]:
    """Normalised lines that are prose; nothing of a legal text."""
    if LEGAL.search(text):
        return []
    lines = inspect.cleandoc(unicodedata.normalize("NFKC", text)).splitlines()
    out, example = [], False
    for line in lines:
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))  # an example ends at a blank line
        plain = " ".join(MARKUP.sub(lambda m: m[1] or m[2] or m[3] or "", line).split())
        if not example and not CODE.search(line) and _wordy(plain):
            out.append(plain)
    return out


def _wordy(line: str) -> bool:
    """At least three words, and at least three quarters letters and spaces."""
    return len(line.split()) >= 3 and sum(c.isalpha() or c == " " for c in line) >= 0.75 * len(line)


def _good(body: str) -> bool:
    words = body.split()
    if len(words) < WORDS or not 3 <= sum(map(len, words)) / len(words) <= 10:  # Gopher's bounds of the mean length
        return False
    return len(COMMON & {word.lower() for word in words}) >= 2


def shingles(text: bytes) -> np.ndarray:
    """Hashes uint64 `[shingles]` of all runs of five words, in small letters; a shorter text is one shingle."""
    words = np.array([zlib.crc32(word) for word in WORD.findall(text.lower())] or [0], dtype=np.uint64)
    if len(words) < SHINGLE:
        words = np.concatenate([words, np.zeros(SHINGLE - len(words), dtype=np.uint64)])
    mixed = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint64)
    for place in range(SHINGLE):
        mixed = (mixed ^ words[place : len(words) - SHINGLE + 1 + place]) * np.uint64(0x9E3779B97F4A7C15)  # wraps
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def clusters(sets: Sequence[np.ndarray]) -> np.ndarray:
    """A cluster's number for each document, int64 `[documents]`: the place of its first document.

    Args:
        sets: the shingles of each document.
    """
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - slow to import, and only the library needs it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    drawn = stream(0, "recorder", "minhash").integers(0, 1 << 63, size=(BANDS * ROWS, 1), dtype=np.uint64)
    odd = drawn * np.uint64(2) + np.uint64(1)
    sketches = np.array([_least(each, odd) for each in sets]).reshape(-1, BANDS, ROWS)
    twins = []  # of each document in each band the first one with the same sketch
    for band in range(BANDS):
        _, first, alike = np.unique(sketches[:, band], axis=0, return_index=True, return_inverse=True)
        twins.append(first[alike.reshape(-1)])
    count = len(sets)
    places = np.tile(np.arange(count), BANDS), np.concatenate(twins)
    _, label = connected_components(coo_matrix((np.ones(count * BANDS), places), shape=(count, count)), directed=False)
    return np.asarray(np.unique(label, return_index=True)[1][label])


def shared(one: np.ndarray, others: np.ndarray) -> float:
    """The fraction of a document's shingles that are among others' (sorted)."""
    places = np.minimum(np.searchsorted(others, one), max(0, len(others) - 1))
    return float(np.mean(others[places] == one)) if len(others) else 0.0


def _least(shingled: np.ndarray, odd: np.ndarray) -> np.ndarray:
    mixed = shingled * odd
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed * np.uint64(0xBF58476D1CE4E5B9)).min(axis=1))
