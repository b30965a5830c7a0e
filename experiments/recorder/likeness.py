"""Which documents are near copies of each other, so that none of a held-out document is learnt from.

MinHash over shingles of five words, in bands (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", chapter 3).
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sim.streams import stream

SHINGLE = 5
BANDS, ROWS = 16, 3
"""Documents that share a fraction s of their shingles are found with probability 1 - (1 - s^3)^16: 0.88 at s = 0.5."""
WORD = re.compile(rb"[a-z0-9]+")


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
    drawn = stream(0, "recorder", "minhash").integers(0, 1 << 63, size=(BANDS * ROWS, 1), dtype=np.uint64)
    odd = drawn * np.uint64(2) + np.uint64(1)
    sketches = [_least(each, odd).reshape(BANDS, ROWS) for each in sets]
    parents = list(range(len(sets)))
    for band in range(BANDS):
        first: dict[bytes, int] = defaultdict(lambda: -1)
        for place in range(len(sets)):
            key = sketches[place][band].tobytes()
            if first[key] < 0:
                first[key] = place
            else:
                one, other = sorted((_root(parents, first[key]), _root(parents, place)))
                parents[other] = one
    return np.array([_root(parents, place) for place in range(len(sets))], dtype=np.int64)


def shared(one: np.ndarray, others: np.ndarray) -> float:
    """The fraction of a document's shingles that are among others' (sorted)."""
    places = np.minimum(np.searchsorted(others, one), max(0, len(others) - 1))
    return float(np.mean(others[places] == one)) if len(others) else 0.0


def _least(shingled: np.ndarray, odd: np.ndarray) -> np.ndarray:
    mixed = shingled * odd
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed * np.uint64(0xBF58476D1CE4E5B9)).min(axis=1))


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place
