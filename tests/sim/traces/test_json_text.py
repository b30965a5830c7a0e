"""JSON read one value at a time: bounds on values, on their number and on the whole."""

import gzip
from pathlib import Path

import pytest
from places import BESIDE
from table_files import curve, refusal

from sim.traces.reading import json_text

FOREIGN = BESIDE / "foreign"
LONG = "x" * 1_000_000


def packed(start, filling, size, end=b""):
    """The bytes of a gzip file: a beginning, so many bytes of a filling, an end."""
    return gzip.compress(start + filling * (size // len(filling)) + end)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"log_history": [[' + b"0," * 2_200_000 + b"0]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [[' + b"[]," * 2_200_000 + b"[]]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [], "x": [' + b"[]," * 2_200_000 + b"[]]}", "has a JSON value of more than 4 MiB"),
        (b'{"log_history": [' + b"[]," * 30_000 + b"[]]}", "is JSON of more than 20,000 values"),
        (b'{"log_history": [], ' + b'"a":1,' * 30_000 + b'"b":1}', "is JSON of more than 20,000 values"),
        (b'{"log_history": ' + b"[" * 30_000, "nested too deeply"),
    ],
)
def test_long_and_nested_lists_of_json(tmp_path, monkeypatch, data, said):
    """A value is bounded by its length, and their number where they are taken one by one."""
    assert json_text.MOST_VALUES == 2_000_000
    monkeypatch.setattr(json_text, "MOST_VALUES", 20_000)
    assert refusal(tmp_path, gzip.compress(data)).startswith(said)


def test_a_document_of_json_is_bounded_as_a_whole(tmp_path, monkeypatch):
    """A long list in a small gzip file is refused while it is unpacked."""
    assert json_text.MOST_BYTES == 128 << 20
    monkeypatch.setattr(json_text, "MOST_BYTES", 8 << 20)
    said = refusal(tmp_path, packed(b'{"log_history": [[', b"0,", 16 << 20, b"0]]}"))
    assert said == "is JSON of more than 8 MiB, which is the most that is read at once"


@pytest.mark.parametrize("torn", ["0", "0.", "0.5", "-", "-0.", "5e", "5e-", "5e-1"])
def test_a_number_that_the_cut_has_torn_is_no_number(tmp_path: Path, torn: str) -> None:
    """Golden values that end within a number give the entries before it, whatever is left of the digits."""
    text = '{"lm loss": {"start_step": 1, "end_step": 9, "step_interval": 1, "values": {"1": 3.0, "2": 2.5, "3": '
    found = curve(tmp_path, (text + torn).encode())
    assert found.loss.tolist() == [3.0, 2.5]
