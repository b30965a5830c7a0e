"""CRC-32C (Castagnoli), as event files use it: reflected polynomial 0x82F63B78, and TensorFlow's mask over it."""

import sys
from array import array
from functools import cache

import numpy as np

POLYNOMIAL = 0x82F63B78
MASK = 0xA282EAD8
WORD = 0xFFFFFFFF


def masked(data: bytes) -> int:
    """The checksum as an event file stores it, so that a checksum over checksums is no accident."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + MASK) & WORD


def masked_each(pieces: list[bytes]) -> list[int]:
    """The same of many pieces; those of one length are done side by side, some hundred MB/s."""
    out = [0] * len(pieces)
    lengths: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        lengths.setdefault(len(piece), []).append(place)
    table = np.array(_bytes(), dtype=np.uint32)
    for length, places in lengths.items():
        if len(places) * 64 < length or not length:
            for place in places:
                out[place] = masked(pieces[place])
            continue
        columns = np.frombuffer(b"".join(pieces[place] for place in places), np.uint8).reshape(-1, length).T
        crc = np.full(len(places), WORD, dtype=np.uint32)
        for column in np.ascontiguousarray(columns):
            crc = table[(crc ^ column) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
        crc ^= np.uint32(WORD)
        sums = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(MASK)
        for place, total in zip(places, sums.tolist(), strict=True):
            out[place] = total
    return out


def crc32c(data: bytes) -> int:
    """The checksum of some bytes; two at a time, about 20 MB/s."""
    two = _table()
    words = array("H", data[: len(data) & ~1])
    if sys.byteorder == "big":
        words.byteswap()
    crc = WORD
    for word in words:
        crc = two[(crc ^ word) & 0xFFFF] ^ (crc >> 16)
    if len(data) & 1:
        crc = _bytes()[(crc ^ data[-1]) & 0xFF] ^ (crc >> 8)
    return crc ^ WORD


@cache
def _bytes() -> list[int]:
    """What one byte does to the checksum."""
    crc: np.ndarray = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        crc = (crc >> np.uint32(1)) ^ ((crc & np.uint32(1)) * np.uint32(POLYNOMIAL))
    return [int(value) for value in crc]


@cache
def _table() -> list[int]:
    """What two bytes do to it."""
    one = np.array(_bytes(), dtype=np.uint32)
    words = np.arange(1 << 16, dtype=np.uint32)
    first = one[words & 0xFF]
    return [int(value) for value in one[(first ^ (words >> 8)) & 0xFF] ^ (first >> 8)]
