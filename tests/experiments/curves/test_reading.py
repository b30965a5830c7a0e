"""Tables and logs as fits read them: conditions on rows, learning rates of all steps, finished runs."""

from itertools import pairwise

import pytest

from experiments.curves.reading import Reading, column, condition_of, read_curves, read_finished, read_table
from policies.errors import InputError


@pytest.mark.parametrize(("text", "parts"), [
    ("a=b", ("a", "=", "b")), ("n>=1e6", ("n", ">=", "1e6")), ("n<=3", ("n", "<=", "3")),
])  # fmt: skip
def test_conditions(text, parts):
    """Column, sign and value; the longer signs first."""
    assert condition_of(text) == parts


@pytest.mark.parametrize("text", ["a", "=b", "", ">=1"])
def test_conditions_that_are_none(text):
    """A condition without a column or a sign is refused."""
    with pytest.raises(InputError, match="COLUMN"):
        condition_of(text)


def write(path, *rows):
    """A table of rows."""
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_rows_are_chosen_by_conditions(tmp_path):
    """Words must be equal, numbers within; a column that is not there is named."""
    path = write(tmp_path / "t.csv", "set,n,loss", "a,1,3.0", "a,2,2.9", "b,3,2.8")
    chosen = read_table(path, [condition_of("set=a"), condition_of("n>=2")])
    assert column(chosen, ["loss"], path).tolist() == [2.9]
    assert read_table(path, [condition_of("set=c")]) is None
    with pytest.raises(InputError, match="no such column; it has set, n, loss"):
        read_table(path, [condition_of("sets=a")])
    with pytest.raises(InputError, match="not a number"):
        read_table(path, [condition_of("set>=1")])


@pytest.mark.parametrize(("rows", "words"), [
    (["step,lr,loss", "5,1e-4,3", "5,1e-4,2"], "each there once"),
    (["step,lr,loss", "-1,1e-4,3", "5,1e-4,2"], "from 0"),
    (["step,lr,loss", "1,1e-4,3", "1e12,1e-4,2"], "to 5000000"),
    (["step,lr,loss", "1,-1e-4,3", "5,1e-4,2"], "learning rates"),
    (["step,lr,loss", "1,0,3", "5,1e-4,2"], "learning rates"),
    (["step,lr,loss", "1,x,3"], "each there once"),
    (["step,lr,accuracy", "1,1e-4,3"], "no column loss"),
    (["lr,loss", "1e-4,3"], "no column step"),
])  # fmt: skip
def test_tables_that_are_no_curve(tmp_path, rows, words):
    """Steps that repeat, are negative or endless, rates that are none, and columns that are missing."""
    with pytest.raises(InputError, match=words):
        read_curves([write(tmp_path / "t.csv", *rows)], Reading())


def test_a_table_loses_its_warm_up_and_beginning(tmp_path):
    """Points while the rate rises are left out, and so is a share of the run where it is asked for; NaN rows too."""
    rows = [f"{step},{min(step, 40) / 4e5},{3 - step / 1e4}" for step in range(0, 401, 10)]
    path = write(tmp_path / "t.csv", "step,lr,loss", *rows, "410,1e-4,nan")
    assert read_curves([path], Reading())[0].steps.tolist() == list(range(40, 401, 10))
    assert read_curves([path], Reading(skip=0.5))[0].steps[0] == 210
    ends = pairwise(read_curves([path], Reading())[0].rates)
    assert all(a <= b for a, b in ends)


def test_curves_without_rates_need_a_schedule(tmp_path):
    """A log that does not tell its learning rates is refused, and read with the schedule that is given."""
    lines = [f"step {step}: train loss 3.0, val loss {3.5 - step / 1e4:.4f}" for step in range(250, 3001, 250)]
    path = write(tmp_path / "log.txt", *lines)
    with pytest.raises(InputError, match="--schedule"):
        read_curves([path], Reading())
    found = read_curves([path], Reading(schedule="cosine", warmup=500))[0]
    assert len(found.rates) == 3000
    assert found.steps[0] == 499


def test_too_few_finished_runs(tmp_path):
    """Five constants need six runs; rows that are no positive number do not count."""
    rows = ["params,tokens,loss", "1e8,1e9,3.4", *["1e8,1e9,nan"] * 9, *["0,1e9,3"] * 9]
    with pytest.raises(InputError, match="1 finished runs"):
        read_finished([write(tmp_path / "t.csv", *rows)], Reading())
