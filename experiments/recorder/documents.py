"""The documents of a text file, or of a folder of them, within bounded memory."""

from collections.abc import Iterator
from pathlib import Path

from policies import InputError

TEXT_BYTES = 64 << 20
"""Most text that is read, so that memory is bounded; what comes later in the order of the files' names is left out."""
LONG = 16 << 10
"""A document of more bytes is cut at blank lines: a book in one file must have parts that can be held out."""
SHORT = 2 << 10
"""The parts of a cut document are at least this long."""


class CorpusError(InputError):
    """A text cannot be read, or is too small."""


def documents(path: Path, warnings: list[str] | None = None) -> Iterator[bytes]:
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
        data = _read(file, left)
        if b"\0" in data:
            if file == path:
                raise CorpusError(f"{path} holds NUL bytes, so it is no text; give a text file or a folder of them")
            skipped += 1
            continue
        left -= len(data)
        for piece in data.split(b"\f"):
            yield from _parts(piece.strip())
        if left <= 0:
            _note(warnings, f"only the first {TEXT_BYTES >> 20} MiB of {path.name} were read")
            break
    if skipped:
        _note(warnings, f"files that are no text skipped: {skipped}")


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CorpusError(f"{path}: no such file or folder; give a text file or a folder of text files")
    below = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts))


def _read(file: Path, size: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(size).replace(b"\r\n", b"\n")
    except OSError as error:
        raise CorpusError(f"cannot read {file}: {error.strerror or error}") from None


def _parts(text: bytes) -> Iterator[bytes]:
    if len(text) <= LONG:
        if text:
            yield text
        return
    part = b""
    for paragraph in text.split(b"\n\n"):
        part = part + b"\n\n" + paragraph if part else paragraph
        if len(part) >= SHORT:
            yield part
            part = b""
    if part:
        yield part


def _note(warnings: list[str] | None, text: str) -> None:
    if warnings is not None:
        warnings.append(text)
