"""JSON lines of one's own: objects in objects, other lines, evaluation sets, hostile numbers."""

import json

import pytest
from table_files import curve, read, refusal

from sim.traces.reading import json_rows
from sim.traces.tidy import Given


def lines(*rows):
    """The bytes of JSON lines."""
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows).encode()


def test_objects_in_objects_and_null(tmp_path):
    """`{"eval": {"loss": 9}}` is `eval/loss`; null is no value."""
    found = curve(
        tmp_path,
        lines({"step": 1, "eval": {"loss": 9}}, {"step": 2, "eval": {"loss": None}}, {"step": 3, "eval": {"loss": 7}}),
    )
    assert (found.format, found.step.tolist(), found.kind) == ("json-lines", [1, 3], "validation")


def test_other_lines_are_left_out(tmp_path):
    """Lines that are no objects are counted; a torn last one marks the file as cut."""
    found = curve(
        tmp_path, lines({"step": 1, "loss": 9}, "Traceback:", "[1]", {"step": 2, "loss": 8}) + b'{"step": 3, "lo'
    )
    assert found.step.tolist() == [1, 2]
    assert "lines that are no JSON object left out: 2 lines" in found.warnings
    assert found.flags == ("truncated",)


def test_evaluation_sets_are_runs(tmp_path):
    """One run per set, named by it, each with its own steps."""
    rows = [{"step": 1, "eval/c4/loss": 9, "eval/pile/loss": 8}, {"step": 2, "eval/c4/loss": 7}]
    found = read(tmp_path, lines(*rows))
    assert [(c.run, c.step.tolist()) for c in found] == [("c4", [1, 2]), ("pile", [1])]


def test_a_validators_steps_are_refused_with_the_way_to_read_them(tmp_path):
    """Evaluations of many models are a race, which `replay` reads."""
    row = {"7": {"loss": 3.8, "Win Percentage": 0.7}, "best_average_loss": 3.8, "best_average_loss_uid": 7}
    assert "steepest replay" in refusal(tmp_path, lines(row, row))


@pytest.mark.parametrize("rows", [[{"a": 1}], [{"_step": 1, "lr": 0.1}], [{"_step": 1, "losses": [1, 2]}]])
def test_lines_without_a_loss_are_refused(tmp_path, rows):
    """JSON lines without a loss are no log."""
    assert refusal(tmp_path, lines(*rows)) == "JSON lines without a loss (val_loss, train/loss, loss ...)"


def test_nesting_without_end_is_no_row(tmp_path):
    """Objects nested deeper than the parser goes are refused."""
    assert refusal(tmp_path, b'{"a":' * 100_000 + b"\n") == "no reader knows this format"


def test_training_on_demand(tmp_path):
    """The user's kind goes before validation."""
    data = lines({"step": 1, "train/loss": 9, "val/loss": 8})
    assert curve(tmp_path, data, Given(kind="train")).loss.tolist() == [9]


def test_a_line_of_json_with_very_many_lists_is_no_row(tmp_path):
    """Lists as objects take thirty times the room of their text; the other lines are read."""
    line = json.dumps({"step": 2, "loss": 5.0, "x": [[]] * json_rows.MOST_PARTS}).encode()
    found = curve(tmp_path, b'{"step": 1, "loss": 6.0}\n' + line + b'\n{"step": 3, "loss": 4.0}\n')
    assert found.step.tolist() == [1, 3]
    assert "lines that are no JSON object left out: 1 line" in found.warnings
