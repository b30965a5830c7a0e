"""A text corpus: documents as symbols, and their split into training and held-out.

A token is a byte, so a loss in nats per token is in nats per byte, on every text and without a tokenizer. One more
symbol, the separator, stands before each document; it is read by the model and never counted as a target.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from experiments.recorder.documents import CorpusError

SEPARATOR = 256
VOCABULARY = 257
HELD_OUT = 20
"""One document in so many is held out."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents as one array.

    Attributes:
        name: what traces call it.
        symbols: uint16 `[symbols]`, a separator before each document's bytes.
        documents: how many.
        digest: SHA-256 of the symbols, in hexadecimal.
        warnings: what was left out.
    """

    name: str
    symbols: np.ndarray
    documents: int
    digest: str
    warnings: tuple[str, ...] = ()


def corpus(name: str, texts: Iterable[bytes], warnings: Iterable[str] = ()) -> Corpus:
    """Documents as one array of symbols; an empty one has no symbol."""
    pieces = list(texts)
    before = np.cumsum([0, *map(len, pieces)])[:-1]
    together = np.frombuffer(b"".join(pieces), dtype=np.uint8).astype(np.uint16)
    symbols = np.insert(together, before, SEPARATOR)
    return Corpus(name, symbols, len(pieces), hashlib.sha256(symbols.tobytes()).hexdigest(), tuple(warnings))


def require(text: Corpus, context: int) -> None:
    """A text must have at least one window and its first target.

    Raises:
        CorpusError: it has less.
    """
    if len(text.symbols) <= context:
        raise CorpusError(
            f"{text.name} has {len(text.symbols) - text.documents} bytes of text, but one window takes "
            f"{context}: give more text, or a smaller --context"
        )


def split(texts: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Training and held-out documents: a document's hash decides, so copies of one document are on one side."""
    training: list[bytes] = []
    held: list[bytes] = []
    for text in texts:
        (held if number(text) % HELD_OUT == 0 else training).append(text)
    return training, held


def number(text: bytes) -> int:
    """A whole number that is a document's own, on every machine."""
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
