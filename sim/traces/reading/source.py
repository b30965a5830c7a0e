"""A log file as bytes and lines, with bounds that a hostile file cannot break."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, cast

HEAD_BYTES = 1 << 20
"""How much of a file a reader may look at to say whether it knows it: training programs print their source first."""
LINE_BYTES = 1 << 20  #: longest line that is read whole; a longer one is cut
UNPACKED_BYTES = 4 << 30  #: most that a compressed file may unpack to
MOST_SHORT_LINES, SHORT_LINE = 10_000_000, 8
"""More lines than this must have so many bytes on average: a gibibyte of line ends packs into a megabyte."""


class Unreadable(Exception):  # noqa: N818 - a reason, read as a word
    """A file that cannot be read as a log; the message is the reason."""


class Source:
    """One file, to be read from its beginning as often as needed: plain, gzip or zstd; UTF-8 or UTF-16.

    Its first mebibyte, unpacked, is `raw_head` as bytes and `head` as text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ends_cut = False  #: the last pass ended within a line or within a compressed frame
        self.frame_cut = False  #: the last pass ended within a compressed frame, or its rest was damaged
        head = bytearray()
        for chunk in self.chunks():
            head += chunk
            if len(head) >= HEAD_BYTES:
                break
        self.raw_head = bytes(head[:HEAD_BYTES])
        self.encoding = "utf-16" if self.raw_head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        self.head = self.raw_head.decode(self.encoding, errors="replace")

    @cached_property
    def head_lines(self) -> list[str]:
        """The whole lines of the head, as `lines` gives them."""
        lines = self.head.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[:-1] if len(lines) > 1 and len(self.raw_head) == HEAD_BYTES else lines

    @property
    def binary(self) -> bool:
        """Whether the head holds NUL bytes and so is no text (and is not UTF-16)."""
        return self.encoding == "utf-8-sig" and b"\0" in self.raw_head

    def _open(self) -> IO[bytes]:
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
        """All lines without their ends (CR, LF, CRLF); `Unreadable` if damaged from the start or beyond the bounds."""
        self.ends_cut = self.frame_cut = False
        rest, first, count, size = b"", True, 0, 0
        for chunk in self._line_chunks():
            count, size = count + chunk.count(b"\n"), size + len(chunk)
            if count > MOST_SHORT_LINES and size < count * SHORT_LINE:
                raise Unreadable(f"has more than {MOST_SHORT_LINES:,} lines of less than {SHORT_LINE} bytes on average")
            end = chunk.rfind(b"\n") + 1
            if not end:
                rest = rest if len(rest) > LINE_BYTES else (rest + chunk)[: LINE_BYTES + 1]
                continue
            yield from self._texts(rest + chunk[: end - 1], first)
            rest, first = chunk[end:], False
        if rest:
            self.ends_cut = True
            yield from self._texts(rest, first)

    def _texts(self, block: bytes, first: bool) -> Iterator[str]:
        if len(block) <= LINE_BYTES:
            yield from block.decode("utf-8-sig" if first else "utf-8", errors="replace").split("\n")
            return
        for number, line in enumerate(block.split(b"\n")):
            yield line[:LINE_BYTES].decode("utf-8-sig" if first and not number else "utf-8", errors="replace")

    def _line_chunks(self) -> Iterator[bytes]:
        """The chunks as UTF-8 with LF for every line end, none of which is split between two chunks."""
        held = b""
        chunks = self.chunks()
        if self.encoding == "utf-16":  # which some shells write when output is redirected
            texts = codecs.iterdecode(chunks, self.encoding, "replace")
            chunks = (text.encode("utf-8", errors="replace") for text in texts)
        for chunk in chunks:
            data = held + chunk
            held = b"\r" if data.endswith(b"\r") else b""
            yield data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if held:
            yield b"\n"

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes in pieces; what follows a cut or damaged compressed frame is left out.

        `Unreadable` if missing, not a regular file, not permitted, damaged from the start, or it unpacks to too much.
        """
        total = 0
        with self._open() as file:
            read = getattr(file, "read1", file.read)  # what was unpacked before the damage is not lost with it
            while True:
                try:
                    chunk = read(1 << 16)
                except (OSError, EOFError, ValueError, zlib.error) as error:
                    if not total:
                        raise Unreadable(f"damaged compressed data: {error}") from None
                    self.ends_cut = self.frame_cut = True
                    return
                if not chunk:
                    return
                total += len(chunk)
                if total > UNPACKED_BYTES:
                    raise Unreadable(f"unpacks to more than {UNPACKED_BYTES >> 30} GiB")
                yield chunk

    def whole(self, most: int, too_large: str) -> bytearray:
        """All bytes at once; `Unreadable` with that message if there are more than `most`."""
        data = bytearray()
        for chunk in self.chunks():
            data += chunk
            if len(data) > most:
                raise Unreadable(too_large)
        return data
