"""Event files as bytes: checksums, frames, scalars in tensors."""

import struct

import numpy as np
import pytest
from event_files import block, crc32c, event, event_file, framed, key, masked, simple, tensor, varint
from table_files import curve, refusal

from sim.traces.reading import events as ours


def floats(*values):
    """32-bit numbers as bytes."""
    return struct.pack(f"<{len(values)}f", *values)


def losses(tag="train/loss", count=5):
    """Payloads of a run's events, ten seconds apart."""
    return [event(1.7e9 + 10 * n, n, simple(tag, 9.0 - n)) for n in range(count)]


def test_the_checksum_is_crc32c():
    """The check value of CRC-32C, and the encoder's slow sum on random bytes."""
    assert crc32c(b"123456789") == 0xE3069283
    assert ours.masked(b"123456789") == masked(b"123456789")
    pieces = [np.random.default_rng(n).bytes(n % 50) for n in range(300)]
    assert [ours.masked(piece) for piece in pieces] == [masked(piece) for piece in pieces]


@pytest.mark.parametrize(
    ("content", "dtype", "field"),
    [
        (floats(2.5), 1, 4),
        (floats(2.5), 1, 5),
        (struct.pack("<d", 2.5), 2, 4),
        (struct.pack("<d", 2.5), 2, 6),
        (np.float16(2.5).tobytes(), 19, 4),
        (floats(2.5)[2:], 14, 4),
        (struct.pack("<q", 2), 9, 4),
    ],
)
def test_scalar_tensors(tmp_path, content, dtype, field):
    """Newer writers put scalars into tensors of several types."""
    found = curve(tmp_path, event_file(event(1.7e9, 1, tensor("eval/loss", content, dtype, field))))
    assert (found.kind, found.loss.tolist()) == ("validation", [2.0 if dtype == 9 else 2.5])


def test_tensors_with_dimensions_are_no_scalars(tmp_path):
    """A histogram or a vector is no loss, even of one number."""
    shape = block(2, key(1, 0) + varint(1))
    assert "without a loss" in refusal(tmp_path, event_file(event(1.7e9, 1, tensor("loss", floats(2.5), shape=shape))))


@pytest.mark.parametrize(("at", "what"), [(-20, "a record"), (2, "a length"), (9, "a length"), (-2, "a record")])
def test_a_wrong_checksum_ends_the_reading(tmp_path, at, what):
    """What stands before the damage is read; what is damaged is said."""
    good, bad = event_file(*losses()), bytearray(framed(losses()[0]))
    bad[at] ^= 1
    found = curve(tmp_path, good + bytes(bad) + framed(event(1.7e9, 9, simple("train/loss", 1.0))))
    assert (found.loss.tolist(), found.flags) == ([9, 8, 7, 6, 5], ("truncated",))
    assert f"damaged, read up to there (the checksum of {what} is wrong): 1 line" in found.warnings


def test_a_record_that_is_no_message(tmp_path):
    """A right checksum over nonsense is damage too."""
    found = curve(tmp_path, event_file(*losses(), b"\x0f\xff\xff"))
    assert (len(found), found.flags) == (5, ("truncated",))


def test_long_records_are_passed_over(tmp_path):
    """Pictures and graphs of several megabytes are skipped."""
    length = struct.pack("<Q", 3 << 20)
    picture = length + struct.pack("<I", masked(length)) + bytes((3 << 20) + 4)
    data = event_file(*losses(count=2)) + picture + b"".join(framed(p) for p in losses(count=4)[2:])
    assert curve(tmp_path, data).step.tolist() == [0, 1, 2, 3]
