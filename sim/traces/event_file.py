"""Event files: records in frames with checksums, and the few fields of TensorFlow's messages that hold scalars.

Frame: length (8 bytes, little-endian), its masked CRC-32C, payload, its masked CRC-32C. Payload, as a protocol buffer:
Event {1: wall_time, 2: step, 5: Summary {1: Value {1: tag, 2: simple_value, 8: TensorProto {1: dtype, 2: shape,
4: content, 5: floats, 6: doubles}}}} (tensorflow/core: util/event.proto, framework/summary.proto, tensor.proto).
"""

import struct
from collections.abc import Iterator
from math import nan
from typing import NamedTuple

import numpy as np

from sim.traces.crc32c import masked
from sim.traces.source import Source

MOST_PAYLOAD = 1 << 20
"""Longer records hold images and graphs; they are passed over unchecked."""
FRAME = 12
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
BFLOAT16 = 14
Field = tuple[int, int, int | bytes]


class DamageError(ValueError):
    """Bytes that are no event; the message says what is wrong."""


class Scalar(NamedTuple):
    """A value under a tag; `single` if it was stored with 32 bits."""

    tag: str
    value: float
    single: bool


class Event(NamedTuple):
    """A record: when (unix seconds), at which step, and its scalars."""

    wall_time: float
    step: int
    scalars: list[Scalar]


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
    data = _Bytes(source)
    while data.has(1):
        head = data.take(FRAME)
        if masked(head[:8]) != int.from_bytes(head[8:], "little"):
            raise DamageError("the checksum of a length is wrong")
        size = int.from_bytes(head[:8], "little")
        if size > MOST_PAYLOAD:
            for _ in range((size + 4) // MOST_PAYLOAD):
                data.take(MOST_PAYLOAD)
            data.take((size + 4) % MOST_PAYLOAD)
            yield b""
            continue
        payload = data.take(size)
        if masked(payload) != int.from_bytes(data.take(4), "little"):
            raise DamageError("the checksum of a record is wrong")
        yield payload


def event(payload: bytes) -> Event:
    """What a record says.

    Raises:
        DamageError: it is no message.
    """
    wall_time, step, scalars = nan, 0, []
    for number, wire, value in fields(payload):
        if number == 1 and wire == 1:
            wall_time = struct.unpack("<d", value)[0]  # type: ignore[arg-type]
        elif number == 2 and isinstance(value, int):
            step = value - (1 << 64) if value >> 63 else value
        elif number == 5 and isinstance(value, bytes):
            scalars += [found for n, _, v in fields(value) if n == 1 and isinstance(v, bytes) and (found := _scalar(v))]
    return Event(wall_time, step, scalars)


def fields(message: bytes) -> Iterator[Field]:
    """Number, wire type and value of each field: an integer for a varint, else its bytes."""
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(message, place)
            yield number, wire, value
            continue
        if wire not in (1, 2, 5):
            raise DamageError("a record is no message")
        size = {1: 8, 5: 4}.get(wire, 0)
        if wire == 2:
            size, place = _varint(message, place)
        if place + size > end:
            raise DamageError("a record is no message")
        yield number, wire, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise DamageError("a record is no message")


def _scalar(message: bytes) -> Scalar | None:
    """The scalar of a summary value; `None` for pictures, histograms and text."""
    tag, found = "", None
    for number, wire, value in fields(message):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            tag = value.decode("utf-8", "replace")
        elif number == 2 and wire == 5:
            found = struct.unpack("<f", value)[0], True
        elif number == 8:
            found = _tensor(value)
    return Scalar(tag, *found) if found else None


def _tensor(message: bytes) -> tuple[float, bool] | None:
    """A tensor without dimensions as a number, and whether it has 32 bits."""
    dtype, content = 0, b""
    for number, wire, value in fields(message):
        if number == 1 and isinstance(value, int):
            dtype = value
        elif number == 2 and isinstance(value, bytes) and any(n == 2 for n, _, _ in fields(value)):
            return None
        elif number in (4, 5, 6) and isinstance(value, bytes) and wire != 0:
            content = value
    if dtype == BFLOAT16 and len(content) == 2:
        return struct.unpack("<f", b"\0\0" + content)[0], True
    if dtype in DTYPES and len(content) == np.dtype(DTYPES[dtype]).itemsize:
        return float(np.frombuffer(content, DTYPES[dtype])[0]), DTYPES[dtype] in ("<f4", "<f2")
    return None
