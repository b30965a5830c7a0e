"""Text to learn from: the documents of files within bounded memory, as symbols, and their split into two.

A token is a byte, so a loss in nats per token is in nats per byte, on every text and without a tokenizer. One more
symbol, the separator, stands before each document; it is read by the model and never counted as a target.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policies import InputError

TEXT_BYTES = 64 << 20
"""Most text that is read, so that memory is bounded; what comes later in the order of the files' names is left out."""
LONG = 16 << 10
"""A document of more bytes is cut at blank lines: a book in one file must have parts that can be held out."""
SHORT = 2 << 10
"""The parts of a cut document are at least this long."""
SEPARATOR = 256
VOCABULARY = 257
HELD_OUT = 20
"""One document in so many is held out."""


class CorpusError(InputError):
    """A text cannot be read, or is too small."""


def documents(path: Path, warnings: list[str]) -> Iterator[bytes]:
    """The documents of a text file, or of all text files below a folder in the order of their names.

    A form feed ends a document, and so does the end of a file; documents longer than 16 KiB are cut at blank lines.

    Args:
        path: a file or a folder; hidden files and files that hold NUL bytes are no text and are skipped in a folder.
        warnings: gets a line for what was left out.

    Raises:
        CorpusError: nothing there, not permitted, or a single file that is no text.
    """
    left, skipped = TEXT_BYTES, 0
    for file in _files(path):
        try:
            with file.open("rb") as opened:
                data = opened.read(left).replace(b"\r\n", b"\n")
        except OSError as error:
            raise CorpusError(f"cannot read {file}: {error.strerror or error}") from None
        if b"\0" in data:
            if file == path:
                raise CorpusError(f"{path} holds NUL bytes, so it is no text; give a text file or a folder of them")
            skipped += 1
            continue
        left -= len(data)
        for piece in data.split(b"\f"):
            yield from _parts(piece.strip())
        if left <= 0:
            warnings.append(f"only the first {TEXT_BYTES >> 20} MiB of {path.name} were read")
            break
    if skipped:
        warnings.append(f"files that are no text skipped: {skipped}")


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CorpusError(f"{path}: no such file or folder; give a text file or a folder of text files")
    below = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts))


def _parts(text: bytes) -> Iterator[bytes]:
    part = b""
    for paragraph in text.split(b"\n\n") if len(text) > LONG else [text]:
        part = part + b"\n\n" + paragraph if part else paragraph
        if len(part) >= SHORT:
            yield part
            part = b""
    if part:
        yield part


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents as one array."""

    name: str  #: in traces
    symbols: np.ndarray  #: uint16 `[symbols]`, a separator before each document's bytes
    documents: int  #: how many
    digest: str  #: SHA-256 of the symbols, in hexadecimal
    warnings: tuple[str, ...] = ()  #: about text that was left out


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
