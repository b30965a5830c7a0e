"""A log file as lines: gzip and zstd, BOM and line ends, with bounds that a hostile file cannot break."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

HEAD_BYTES = 1 << 20
"""How much of a file a reader may look at to say whether it knows it: training programs print their source first."""
LINE_BYTES = 1 << 20
"""Longest line that is read whole; a longer one is cut and counted."""
UNPACKED_BYTES = 4 << 30
"""Most that a compressed file may unpack to; a bomb stops here."""


class Unreadable(Exception):
    """A file that cannot be read as a log; the message is the reason."""


class Source:
    """One file, to be read from its beginning as often as needed.

    Attributes:
        path: the file.
        name: what tables call it.
        head: its first mebibyte, unpacked, as text.
        cut_lines: lines longer than a mebibyte that were cut, in the last pass.
        ends_cut: the file ends within a line or within a compressed frame, in the last pass.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or str(path)
        self.cut_lines = 0
        self.ends_cut = False
        with self.open() as file:
            self.raw_head = _read(file, HEAD_BYTES)
        self._encoding = _encoding(self.raw_head)
        self.head = self.raw_head.decode(self._encoding, errors="replace")

    @property
    def binary(self) -> bool:
        """Whether the head holds NUL bytes and so is no text (and is not UTF-16)."""
        return self._encoding == "utf-8-sig" and b"\0" in self.raw_head

    def open(self) -> IO[bytes]:
        """The unpacked bytes.

        Raises:
            Unreadable: missing, a folder, not permitted, not a regular file.
        """
        try:
            if not self.path.is_file():
                raise Unreadable("no such file" if not self.path.exists() else "not a regular file")
            with self.path.open("rb") as file:
                magic = file.read(4)
            if magic[:2] == b"\x1f\x8b":
                return cast(IO[bytes], gzip.open(self.path, "rb"))
            if magic == b"\x28\xb5\x2f\xfd":
                import pyarrow as pa  # noqa: PLC0415 - its zstd is here already

                return cast(IO[bytes], pa.CompressedInputStream(pa.OSFile(str(self.path)), "zstd"))
            return self.path.open("rb")
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from None

    def lines(self) -> Iterator[str]:
        """All lines without their ends; CR, LF and CRLF end a line.

        Raises:
            Unreadable: the compressed data are damaged at their beginning, or unpack to more than is allowed.
        """
        self.cut_lines, self.ends_cut = 0, False
        if self._encoding != "utf-8-sig":
            yield from self._wide_lines()
            return
        rest, first = b"", True
        for chunk in self._chunks():
            data = rest + chunk
            *whole, rest = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            if chunk.endswith(b"\r"):  # the LF may come with the next chunk
                rest = b""
            for line in whole:
                yield self._text(line, first)
                first = False
            if len(rest) > LINE_BYTES:
                rest = rest[: LINE_BYTES + 1]
        if rest:
            self.ends_cut = True
            yield self._text(rest, first)

    def _text(self, line: bytes, first: bool) -> str:
        if len(line) > LINE_BYTES:
            self.cut_lines += 1
            line = line[:LINE_BYTES]
        return line.decode("utf-8-sig" if first else "utf-8", errors="replace")

    def _wide_lines(self) -> Iterator[str]:
        """UTF-16, which some shells write when output is redirected."""
        with self.open() as file:
            for line in io.TextIOWrapper(cast(Any, file), encoding=self._encoding, errors="replace"):
                yield line.rstrip("\r\n")

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        with self.open() as file:
            while True:
                try:
                    chunk = file.read(1 << 16)
                except (OSError, EOFError, ValueError) as error:  # a cut or damaged frame: what came before it counts
                    if not total:
                        raise Unreadable(f"damaged compressed data: {error}") from None
                    self.ends_cut = True
                    return
                if not chunk:
                    return
                total += len(chunk)
                if total > UNPACKED_BYTES:
                    raise Unreadable(f"unpacks to more than {UNPACKED_BYTES >> 30} GiB")
                yield chunk


def _read(file: IO[bytes], size: int) -> bytes:
    parts: list[bytes] = []
    left = size
    while left > 0:
        try:
            part = file.read(left)
        except (OSError, EOFError, ValueError) as error:
            if not parts:
                raise Unreadable(f"damaged compressed data: {error}") from None
            break
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _encoding(head: bytes) -> str:
    return "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
