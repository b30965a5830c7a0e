"""Steps, order, clock and gaps of records, and the bound on how many are held."""

import numpy as np
import pytest
from table_files import curve

from sim.traces import order
from sim.traces.reading import records as records_module
from sim.traces.reading.records import Records
from sim.traces.tidy import Given, tidy

NAN = np.nan


def records(*rows, **facts):
    """A run of records (step, seconds, validation)."""
    found = Records(**facts)
    for step, seconds, validation in rows:
        found.add(step, seconds=seconds, validation=validation)
    return found


def made(found):
    """Its curve."""
    return tidy(found, Given(tokens_per_step=1.0), "file", "form")


def test_a_record_without_a_step_belongs_to_the_latest():
    """Before the first step nothing was done."""
    assert made(records((NAN, NAN, 9.0), (5, NAN, None), (NAN, NAN, 8.0), (7, NAN, 7.0))).step.tolist() == [0, 5, 7]


def test_without_steps_losses_are_counted():
    """The first is 1, and it is said."""
    found = made(records((NAN, 1, 9.0), (NAN, 2, None), (NAN, 3, 8.0)))
    assert found.step.tolist() == [1, 2]
    assert "no steps in the log: its losses are counted from 1" in found.warnings


def test_a_clock_that_restarts_is_carried_on():
    """The time before every restart is added to those after it."""
    found = made(records((1, 10, 9.0), (2, 20, 8.0), (3, 5, 7.0), (4, 10, 6.0), (5, 1, 5.0)))
    assert found.seconds.tolist() == [10, 20, 25, 30, 31]
    assert any(warning.startswith("the clock goes back: 2 times") for warning in found.warnings)


def test_a_clock_that_rises_with_the_step_is_right_in_any_order():
    """Records out of order do not make a clock restart."""
    found = made(records((3, 30, 7.0), (1, 10, 9.0), (2, 20, 8.0)))
    assert found.seconds.tolist() == [10, 20, 30]
    assert not any("clock" in warning for warning in found.warnings)


def test_a_checkpoints_clock_is_right():
    """A run that went on from a checkpoint with the time it had then has that time, not the lost one too."""
    found = made(records((1, 10, 9.0), (2, 20, 8.0), (3, 30, 7.0), (3, 31, 7.5), (4, 40, 6.0)))
    assert found.seconds.tolist() == [10, 20, 31, 40]


def test_many_restarts_take_no_time():
    """A clock that is nothing but restarts is done in one pass."""
    chance = np.random.default_rng(0)
    said = []
    seconds = order.carry_clock_on(np.arange(300_000.0), chance.random(300_000), said)
    assert (np.diff(seconds) >= 0).all()


def test_copies_are_no_restart():
    """Equal losses at a step are one record; another loss is a later one, and only then a run restarted."""
    copies = made(records((1, NAN, 9.0), (1, NAN, 9.0), (2, NAN, 8.0), (1, NAN, 9.0)))
    assert (copies.loss.tolist(), copies.flags) == ([9, 8], ())
    assert "identical records (several ranks or a repeated line) dropped: 2" in copies.warnings
    restart = made(records((1, NAN, 9.0), (2, NAN, 8.0), (1, NAN, 8.5), (2, NAN, 8.0)))
    assert (restart.loss.tolist(), restart.flags) == ([8.5, 8], ("restarted",))


def test_times_between_records_are_read_off_their_neighbours():
    """A loss in a record without a time has that of its step, or one between; outside of the known there is none."""
    found = made(
        records((0, NAN, 9.0), (10, 100, None), (10, NAN, 8.0), (15, NAN, 7.0), (20, 200, None), (30, NAN, 6.0))
    )
    np.testing.assert_array_equal(found.seconds, [NAN, 100, 150, NAN])


def test_too_many_records_are_thinned(monkeypatch):
    """Validation losses and the last record stay, of the others every second goes; that is said."""
    monkeypatch.setattr(records_module, "MOST_RECORDS", 1000)
    found = Records()
    for step in range(10_001):
        found.add(step, train=9.0 - step / 1e4, validation=5.0 if step % 500 == 0 else None)
    assert len(found) <= 1000
    kept = tidy(found, Given(), "file", "form")
    assert kept.step.tolist() == list(range(0, 10_001, 500))
    train = tidy(found, Given(kind="train"), "file", "form")
    assert train.step[-1] == 10_000
    assert 400 < len(train) <= 1000
    assert any(warning.startswith("too many records to hold") for warning in train.warnings)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_column_that_no_record_has_is_empty(count):
    """It is NaN until a record has a value in it."""
    found = records(*((step, NAN, 5.0) for step in range(count)))
    assert [name for name in records_module.COLUMNS if found.has(name)] == ["step", "validation"]
    assert len(found.column("tokens")) == count
    found.extend(np.array([[9.0, 7.0, NAN, NAN, 4.0, NAN]]))
    assert found.column("tokens").tolist()[-1] == 7
    assert found.has("train")
    assert np.isnan(found.column("train")).tolist() == [True] * count + [False]


def test_a_curve_of_one_point(tmp_path):
    """One loss is a curve."""
    assert len(curve(tmp_path, b"step,val_loss\n5,3.2\n")) == 1


@pytest.mark.parametrize(
    ("step", "seconds", "begins", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], False, [1, 3, 6]),
        ([10, 20, 30], [1, 2, 3], False, [10, 30, 60]),
        ([0, 1, 2], [1, 2, 3], False, [1, 3, 6]),
        ([0, 1, 2], [1, 2, 3], True, [0, 1, 3]),
        ([0, 10, 20], [1, 100, 1], True, [0, 10, 119]),
        ([2, 1, 3], [2, 1, 3], False, [3, 1, 6]),
        ([1, 1, 2, 2], [1, 1, 2, 2], False, [NAN, 1, NAN, 3]),
        ([5, 10, 10, 15, 20], [NAN, 1, NAN, NAN, 2], False, [5, 10, NAN, NAN, 30]),
        ([10, 20, 25], [1, 2, NAN], False, [10, 30, 40]),
        ([7], [2], False, [14]),
        ([7], [2], True, [14]),
    ],
)
def test_times_add_up(step, seconds, begins, expected):
    """A mean stands for all steps since the record before; the time of the one step that begins, for that step."""
    found = order.add_up_step_times(np.array(step, dtype=float), np.array(seconds, dtype=float), begins, [])
    assert found == pytest.approx(np.array(expected, dtype=float), nan_ok=True)


def test_steps_without_a_time_are_spoken_of():
    """Steps between the records, a late beginning and times after the end are told."""
    warnings = []
    step, seconds = np.array([500.0, 510.0, 520.0, 530.0]), np.array([1.0, 1.0, 1.0, NAN])
    found = order.add_up_step_times(step, seconds, False, warnings)
    assert found.tolist() == [10, 20, 30, 40]
    assert warnings == [
        "step times taken for the steps between two records too: 2",
        "the log begins at step 500: its clock begins there",
        "times after step 520 carried on at its rate: 1",
    ]


def test_absurd_times_are_no_error():
    """Times beyond all numbers are inf, and nothing is warned of."""
    assert np.isinf(order.add_up_step_times(np.array([1.0, 1e300]), np.array([1e300, 1e300]), False, [])).any()
