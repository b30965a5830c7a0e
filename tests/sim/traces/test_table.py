"""Plain tables: names, separators, numbers as people write them, several runs and losses."""

import pytest
from table_files import curve, refusal

from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


def test_clock_times_are_seconds(tmp_path):
    """`1:02:03` is 3,723 seconds."""
    assert curve(tmp_path, rows("step,time (s),loss|1,0:00:05,9|20,1:02:03,8")).seconds.tolist() == [5, 3723]


def test_decimal_commas_and_semicolons(tmp_path):
    """A comma between digits of a loss is a decimal one, also before three digits."""
    found = curve(tmp_path, rows("step;val_loss;tokens|1;9,512;1000|2000;3,2;2000000,0"))
    assert (found.loss.tolist(), found.tokens.tolist()) == ([9.512, 3.2], [1000, 2000000])


def test_thousands_separators(tmp_path):
    """Counts may have commas between thousands."""
    found = curve(tmp_path, rows('step,tokens,val_loss|"1,000","524,288,000",9.5|"2,000","1,048,576,000",8.25'))
    assert (found.step.tolist(), found.tokens.tolist()) == ([1000, 2000], [524288000, 1048576000])


def test_tensorboards_download(tmp_path):
    """TensorBoard's CSV has the loss under Value, and does not say which loss."""
    data = rows("Wall time,Step,Value|1699070091.5,1,9|1699070101.5,2,8")
    found = curve(tmp_path, data)
    assert (found.kind, found.loss.tolist(), found.seconds.tolist()) == ("train", [9, 8], [0, 10])
    assert curve(tmp_path, data, Given(kind="validation")).kind == "validation"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("step,val_loss", "has a header but no rows"),
        ("record,date,val_loss|1,2024-05-28,3.4", "without a column of steps or tokens, so no curve"),
        ("model,params,tokens_per_s|mpt,125,1000", "without a column of losses"),
    ],
)
def test_tables_that_are_no_curves_are_refused_with_the_reason(tmp_path, text, reason):
    """A refusal says what is missing, and what there is."""
    assert reason in refusal(tmp_path, rows(text))
