"""A log file as bytes and lines, with bounds that a hostile file cannot break."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from functools import cached_property
from io import IncrementalNewlineDecoder
from itertools import chain
from pathlib import Path
from typing import IO, cast

HEAD_BYTES = 1 << 20
"""How much of a file a reader may look at to say whether it knows it: training programs print their source first."""
LONGEST_LINE = 1 << 20  #: characters of a line that are read; a longer one is cut
UNPACKED_BYTES = 4 << 30  #: most that a compressed file may unpack to
MOST_SHORT_LINES, SHORT_LINE = 10_000_000, 8
"""More lines than this must have so many characters on average: a gibibyte of line ends packs into a megabyte."""


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
        # some shells write UTF-16 when output is redirected
        self.encoding = "utf-16" if self.raw_head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        self.head = self.raw_head.decode(self.encoding, errors="replace")

    @cached_property
    def head_lines(self) -> list[str]:
        """The whole lines of the head, as `lines` gives them."""
        lines = self.head.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[:-1] if len(lines) > 1 and len(self.raw_head) == HEAD_BYTES else lines

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
        rest, count, size = "", 0, 0
        decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(self.encoding)("replace"), translate=True)
        for chunk in chain(self.chunks(), [b""]):
            text = decoder.decode(chunk, final=not chunk)
            count, size = count + text.count("\n"), size + len(text)
            if count > MOST_SHORT_LINES and size < count * SHORT_LINE:
                raise Unreadable(f"has more than {MOST_SHORT_LINES:,} lines of less than {SHORT_LINE} bytes on average")
            whole = (rest[:LONGEST_LINE] + text).split("\n")
            rest = whole.pop()
            if whole:
                whole[0] = whole[0][:LONGEST_LINE]  # the others are shorter than a chunk
                yield from whole
        if rest:
            self.ends_cut = True
            yield rest[:LONGEST_LINE]

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
