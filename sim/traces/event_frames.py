"""The frames of event files: length (8 bytes, little-endian), its masked CRC-32C, payload, its masked CRC-32C."""

from collections.abc import Iterator
from functools import lru_cache

from sim.traces.crc32c import masked, masked_each
from sim.traces.source import Source

MOST_PAYLOAD = 1 << 20
"""Longer records hold images and graphs; they are passed over unchecked."""
FRAME, CHECKSUM = 12, 4
BATCH, LONG = 2048, 4096
"""Records that are checked together, and the bytes of one that is not waited with."""


class DamageError(ValueError):
    """Bytes that are no event; the message says what is wrong."""


class _Bytes:
    """The bytes of a file, to be taken in order."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self._data, self._place = b"", 0

    def has(self, size: int) -> bool:
        """Whether that many bytes are left."""
        while len(self._data) - self._place < size:
            more = next(self._chunks, b"")
            if not more:
                return False
            self._data, self._place = self._data[self._place :] + more, 0
        return True

    def take(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            EOFError: there are fewer.
        """
        if not self.has(size):
            raise EOFError
        self._place += size
        return self._data[self._place - size : self._place]


def payloads(source: Source) -> Iterator[bytes]:
    """The payloads of a file; b"" for one that is passed over.

    Raises:
        EOFError: the last record is cut.
        DamageError: a checksum is wrong; what follows cannot be found.
    """
    data, held = _Bytes(source), list[bytes]()
    try:
        while data.has(1):
            held.append(_framed(data))
            if len(held) == BATCH or len(held[-1]) > LONG:
                batch, held = held, []
                yield from _checked(batch)
    except (EOFError, DamageError):
        yield from _checked(held)
        raise
    yield from _checked(held)


def _framed(data: _Bytes) -> bytes:
    """The next payload with its checksum behind it; b"" for a long one."""
    size = _length(data.take(FRAME)) + CHECKSUM
    if size <= MOST_PAYLOAD:
        return data.take(size)
    for _ in range(size // MOST_PAYLOAD):
        data.take(MOST_PAYLOAD)
    data.take(size % MOST_PAYLOAD)
    return b""


def _checked(framed: list[bytes]) -> Iterator[bytes]:
    """The payloads, up to the first with a wrong checksum."""
    found = [record[:-CHECKSUM] for record in framed]
    for record, payload, total in zip(framed, found, masked_each(found), strict=True):
        if record and total != int.from_bytes(record[-CHECKSUM:], "little"):
            raise DamageError("the checksum of a record is wrong")
        yield payload


@lru_cache(maxsize=1024)
def _length(head: bytes) -> int:
    """The length of a payload; records of one tag all have the same, so it is checked once."""
    if masked(head[:8]) != int.from_bytes(head[8:], "little"):
        raise DamageError("the checksum of a length is wrong")
    return int.from_bytes(head[:8], "little")
