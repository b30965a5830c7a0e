"""JSON lines as rows: bounds on what one line, one step and one file may hold."""

import json

from table_files import curve, refusal

from sim.traces.reading import json_rows


def test_very_many_empty_lists(tmp_path, monkeypatch):
    """Lists that take longer to make than to write are refused by their number."""
    assert json_rows.MOST_SHORT_PARTS == 10_000_000
    monkeypatch.setattr(json_rows, "MOST_SHORT_PARTS", 50_000)
    line = json.dumps({"step": 2, "loss": 5.0, "x": [[]] * 9_000}, separators=(",", ":")).encode() + b"\n"
    assert curve(tmp_path, b'{"step": 1, "loss": 6.0}\n' + line * 5).step.tolist() == [1, 2]
    said = refusal(tmp_path, b'{"step": 1, "loss": 6.0}\n' + line * 6)
    assert said == "has more than 50,000 JSON lists of less than 8 bytes each"


def test_a_step_with_very_many_losses(tmp_path):
    """Rows of one W&B step become one, whose losses are bounded before the step is over."""
    lines = "".join(f'{{"_step": 1, "eval/set{n}/loss": 5.0}}\n' for n in range(json_rows.MOST_KEYS + 5))
    assert refusal(tmp_path, lines.encode()) == "JSON with more than 1,000 losses"


def test_what_is_no_number_is_not_kept(tmp_path):
    """Other values of a row may be of any size and kind; rows of one step are one without them."""
    rows = [{"_step": 3, "text": "x" * 100_000, "loss": 4.0}, {"_step": 3, "table": [1]}, {"_step": 4, "loss": 3.0}]
    found = curve(tmp_path, "".join(json.dumps(row) + "\n" for row in rows).encode())
    assert (found.step.tolist(), found.loss.tolist()) == ([3, 4], [4.0, 3.0])
