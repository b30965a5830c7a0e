"""The few fields of TensorFlow's events that hold scalars.

As a protocol buffer: Event {1: wall_time, 2: step, 5: Summary {1: Value {1: tag, 2: simple_value, 8: TensorProto
{1: dtype, 2: shape, 4: content, 5: floats, 6: doubles}}}} (tensorflow/core: util/event.proto, framework/summary.proto,
framework/tensor.proto).
"""

import struct
from collections.abc import Iterator
from math import nan
from typing import NamedTuple

import numpy as np

from sim.traces.event_frames import DamageError

MOST_ENDS, MOST_ALIKE = 1024, 1000
"""Ends that are remembered, and the bytes from which on a record is none of the common ones."""
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
BFLOAT16 = 14
_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")
Field = tuple[int, int, int | bytes]


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


class Decoder:
    """Records as events. Those of one tag end alike but for their last four bytes: each end is taken apart once."""

    def __init__(self) -> None:
        self._ends: dict[bytes, str] = {}

    def event(self, payload: bytes) -> Event:
        """What a record says.

        Raises:
            DamageError: it is no message.
        """
        place = 0
        if payload[:1] == b"\x09" and payload[9:10] == b"\x10" and 20 < len(payload) < MOST_ALIKE:
            step, place = _varint(payload, 10)
            tag = self._ends.get(payload[place:-4])
            if tag is not None and step < 1 << 63:
                return Event(
                    _DOUBLE.unpack_from(payload, 1)[0], step, [Scalar(tag, _FLOAT.unpack(payload[-4:])[0], True)]
                )
        found = event(payload)
        if place and len(found.scalars) == 1 and len(self._ends) < MOST_ENDS and _ends_in_value(payload[place:]):
            self._ends[payload[place:-4]] = found.scalars[0].tag
        return found


def _ends_in_value(rest: bytes) -> bool:
    """Whether what follows the step is one summary of one value of just a tag and, at its end, a simple value."""
    for wanted in (5, 1):
        found = list(fields(rest))
        if len(found) != 1 or found[0][0] != wanted or not isinstance(found[0][2], bytes):
            return False
        rest = found[0][2]
    return [(number, wire) for number, wire, _ in fields(rest)] == [(1, 2), (2, 5)]


def event(payload: bytes) -> Event:
    """What a record says.

    Raises:
        DamageError: it is no message.
    """
    wall_time, step, scalars = nan, 0, []
    for number, wire, value in fields(payload):
        if number == 1 and wire == 1:
            wall_time = _DOUBLE.unpack(value)[0]  # type: ignore[arg-type]
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
            found = _FLOAT.unpack(value)[0], True
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
        return _FLOAT.unpack(b"\0\0" + content)[0], True
    if dtype in DTYPES and len(content) == np.dtype(DTYPES[dtype]).itemsize:
        return float(np.frombuffer(content, DTYPES[dtype])[0]), DTYPES[dtype] in ("<f4", "<f2")
    return None
