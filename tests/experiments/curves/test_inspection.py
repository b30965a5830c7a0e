"""Runs of many files as rows, as a table, and their warnings."""

from dataclasses import replace

import numpy as np
from rich.console import Console

from experiments.curves.inspection import FIELDS, MOST_LINES, row, table, warnings
from sim.traces.curve import Curve
from sim.traces.read import Refusal

NAN = np.full(2, np.nan)
CURVE = Curve("a", np.array([1.0, 2.5]), NAN, np.array([60.0, np.nan]), np.array([4.0, 3.25]), "train", source="log")


def test_a_row_has_every_field():
    """Numbers are whole where they can be, and null where they are not known; the last known time counts."""
    found = row("log", CURVE)
    assert tuple(found) == FIELDS
    assert (found["first_step"], found["last_step"], found["final_loss"]) == (1, 2.5, 3.25)
    assert (found["seconds"], found["tokens"], found["diverged"]) == (60, None, False)


def test_a_run_without_points():
    """It has no first or last step and no loss."""
    empty = np.empty(0)
    found = row("log", replace(CURVE, step=empty, tokens=empty, seconds=empty, loss=empty))
    assert [found[key] for key in ("points", "first_step", "last_step", "last_finite_loss")] == [0, None, None, None]


def test_a_diverged_run():
    """It has no final loss, and a last finite one."""
    found = row("lib.parquet", replace(CURVE, flags=("diverged",)))
    assert (found["final_loss"], found["last_finite_loss"], found["diverged"]) == (None, 3.25, True)
    assert found["format"] == "library"  # for the curve was made from another file


def test_the_table_of_a_run_and_of_a_refused_file():
    """A dash stands for what is not known."""
    console = Console(width=150)
    with console.capture() as text:
        console.print(table([row("log", CURVE), row("b", Refusal("b", "is empty"))]))
    _, _, _, first, second, *_ = text.get().splitlines()
    assert first.split() == ["log", "a", "-", "2", "1–2.5", "3.2500", "train", "nats", "0.0167", "-"]
    assert second.split() == ["b", "-", "0", "-", "-", "-", "-"]


def test_many_warnings_are_cut_for_people():
    """People see the common ones; that there are more is said."""
    rows = [row(f"{n}", Refusal(f"{n}", f"reason {n}")) for n in range(MOST_LINES + 5)]
    assert len(warnings(rows)) == MOST_LINES + 1
    assert warnings(rows)[-1] == "and 5 other warnings; --json lists all of them"
