"""An encoder of event files, written from the format's description and not from our reader."""

import struct


def crc32c(data):
    """CRC-32C bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    """The checksum as TensorFlow stores it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(number):
    """A whole number in groups of seven bits, the lowest first."""
    number &= 2**64 - 1
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def key(number, wire):
    """The key of a field."""
    return varint(number << 3 | wire)


def block(number, content):
    """A field of bytes."""
    return key(number, 2) + varint(len(content)) + content


def double(number, value):
    """A field of eight bytes."""
    return key(number, 1) + struct.pack("<d", value)


def simple(tag, value):
    """A summary value with a float."""
    return block(1, block(1, tag.encode()) + key(2, 5) + struct.pack("<f", value))


def tensor(tag, content, dtype=1, field=4, shape=b""):
    """A summary value with a tensor, its numbers in the given field of it."""
    body = key(1, 0) + varint(dtype) + block(2, shape) + block(field, content)
    plugin = block(9, block(1, block(1, b"scalars")))
    return block(1, block(1, tag.encode()) + plugin + block(8, body))


def event(wall_time, step, *values):
    """The payload of an event; a step of 0 is left out, as protocol buffers do."""
    counted = key(2, 0) + varint(step) if step else b""
    return double(1, wall_time) + counted + block(5, b"".join(values))


def framed(payload):
    """A payload in its frame."""
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked(length)) + payload + struct.pack("<I", masked(payload))


def event_file(*payloads, start=1.7e9):
    """A whole file, which begins with its version."""
    return b"".join(framed(payload) for payload in (double(1, start) + block(3, b"brain.Event:2"), *payloads))
