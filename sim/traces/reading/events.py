"""TensorFlow's event files: frames with checksums, and the few fields in them that hold scalars.

A frame is the length (8 bytes, little-endian), its masked CRC-32C, the payload, its masked CRC-32C. The payload is a
protocol buffer: Event {1: wall_time, 2: step, 5: Summary {1: Value {1: tag, 2: simple_value, 8: TensorProto {1: dtype,
2: shape, 4: content, 5: floats, 6: doubles}}}} (tensorflow/core: util/event.proto, framework/summary.proto,
framework/tensor.proto).
"""

import struct
from collections.abc import Iterator
from math import nan

import google_crc32c
import numpy as np

from sim.traces.reading.source import Source

MOST_PAYLOAD = 1 << 20  #: longer records hold images and graphs; they are passed over unchecked
FRAME, CHECKSUM = 12, 4
MOST_ENDS = 1024  #: ends of records that are remembered
MOST_ALIKE = 1000  #: bytes from which on a record is none of the common ones
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
BFLOAT16 = 14
_DOUBLE, _FLOAT, _LENGTH = struct.Struct("<d"), struct.Struct("<f"), struct.Struct("<QI")

Field = tuple[int, int, int | bytes]  #: number, wire type and value: an integer for a varint, else its bytes
Scalar = tuple[str, float, bool]  #: a value under a tag, and whether it was stored with 32 bits
Event = tuple[float, int, list[Scalar]]  #: when (unix seconds), at which step, and its scalars


class DamageError(ValueError):
    """Bytes that are no event; the message says what is wrong."""


def masked(data: bytes) -> int:
    """The checksum as an event file stores it, so that a checksum over checksums is no accident."""
    crc = int(google_crc32c.value(data))
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def events(source: Source) -> Iterator[Event]:
    """The events of a file; `EOFError` where the last record is cut.

    `DamageError` where a checksum is wrong, so that what follows cannot be found, or a record is no event.
    """
    data, place, ends = b"", 0, dict[bytes, str]()
    chunks = source.chunks()

    def take(size: int) -> bytes:
        nonlocal data, place
        while len(data) - place < size:
            if not (more := next(chunks, b"")):
                raise EOFError
            data, place = data[place:] + more, 0
        place += size
        return data[place - size : place]

    while place < len(data) or (data := next(chunks, b"")):
        place = place if place < len(data) else 0
        head = take(FRAME)
        size, checksum = _LENGTH.unpack(head)
        if masked(head[:8]) != checksum:
            raise DamageError("the checksum of a length is wrong")
        if size + CHECKSUM <= MOST_PAYLOAD:
            framed = take(size + CHECKSUM)
            if masked(framed[:-CHECKSUM]) != int.from_bytes(framed[-CHECKSUM:], "little"):
                raise DamageError("the checksum of a record is wrong")
            yield _event(framed[:-CHECKSUM], ends)
            continue
        for _ in range((size + CHECKSUM) // MOST_PAYLOAD):
            take(MOST_PAYLOAD)
        take((size + CHECKSUM) % MOST_PAYLOAD)


def sureness(head: bytes) -> float:
    """How surely a file with this head is one of events, 0 to 1: a first frame with a right checksum, a time in it."""
    if len(head) < FRAME or masked(head[:8]) != int.from_bytes(head[8:FRAME], "little"):
        return 0.0
    try:
        number, wire, _ = next(_fields(head[FRAME : FRAME + int.from_bytes(head[:8], "little")]), (0, 0, b""))
    except DamageError:  # the frame is right, but what is in it is damaged
        return 0.5
    return 0.99 if (number, wire) == (1, 1) else 0.0  # records of examples have the same frames


def _event(payload: bytes, ends: dict[bytes, str]) -> Event:
    """What a record says. Those of one tag end alike but for their last four bytes: each end is decoded once."""
    place = 0
    if payload[:1] == b"\x09" and payload[9:10] == b"\x10" and 20 < len(payload) < MOST_ALIKE:
        step, place = _varint(payload, 10)
        tag = ends.get(payload[place:-4])
        if tag is not None and step < 1 << 63:
            return _DOUBLE.unpack_from(payload, 1)[0], step, [(tag, _FLOAT.unpack(payload[-4:])[0], True)]
    wall_time, step, scalars = nan, 0, list[Scalar]()
    for number, wire, field in _fields(payload):
        if number == 1 and wire == 1:
            wall_time = _DOUBLE.unpack(field)[0]  # type: ignore[arg-type]
        elif number == 2 and isinstance(field, int):
            step = field - (1 << 64) if field >> 63 else field
        elif number == 5 and isinstance(field, bytes):
            values = (value for n, _, value in _fields(field) if n == 1 and isinstance(value, bytes))
            scalars += [found for value in values if (found := _scalar(value))]
    if place and len(scalars) == 1 and len(ends) < MOST_ENDS and _ends_in_value(payload[place:]):
        ends[payload[place:-4]] = scalars[0][0]
    return wall_time, step, scalars


def _ends_in_value(rest: bytes) -> bool:
    """Whether what follows the step is one summary of one value of just a tag and, at its end, a simple value."""
    for wanted in (5, 1):
        found = list(_fields(rest))
        if len(found) != 1 or found[0][0] != wanted or not isinstance(found[0][2], bytes):
            return False
        rest = found[0][2]
    return [(number, wire) for number, wire, _ in _fields(rest)] == [(1, 2), (2, 5)]


def _fields(message: bytes) -> Iterator[Field]:
    """The fields of a message, or `DamageError`."""
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(message, place)
            yield number, wire, value
            continue
        size = {1: 8, 5: 4}.get(wire, 0)
        if wire == 2:
            size, place = _varint(message, place)
        if wire not in (1, 2, 5) or place + size > end:
            raise DamageError("a record is no message")
        yield number, wire, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift, byte in enumerate(message[place : place + 10]):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, place + shift + 1
    raise DamageError("a record is no message")


def _scalar(message: bytes) -> Scalar | None:
    """The scalar of a summary value; `None` for pictures, histograms and text."""
    tag, found = "", None
    for number, wire, value in _fields(message):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            tag = value.decode("utf-8", "replace")
        elif number == 2 and wire == 5:
            found = _FLOAT.unpack(value)[0], True
        elif number == 8:
            found = _tensor(value)
    return (tag, *found) if found else None


def _tensor(message: bytes) -> tuple[float, bool] | None:
    """A tensor without dimensions as a number, and whether it has 32 bits."""
    dtype, content = 0, b""
    for number, wire, value in _fields(message):
        if number == 1 and isinstance(value, int):
            dtype = value
        elif number == 2 and isinstance(value, bytes) and any(n == 2 for n, _, _ in _fields(value)):
            return None
        elif number in (4, 5, 6) and isinstance(value, bytes) and wire != 0:
            content = value
    if dtype == BFLOAT16 and len(content) == 2:
        return _FLOAT.unpack(b"\0\0" + content)[0], True
    if dtype in DTYPES and len(content) == np.dtype(DTYPES[dtype]).itemsize:
        return float(np.frombuffer(content, DTYPES[dtype])[0]), DTYPES[dtype] in ("<f4", "<f2")
    return None
