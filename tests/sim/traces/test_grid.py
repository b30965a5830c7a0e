"""Rows of numbers under names: runs by label, evaluation sets, dates, gaps and lost losses."""

import numpy as np
from table_files import curve, read

from sim.traces.reading import records as records_module
from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


def test_times_of_the_clock_count_from_the_first(tmp_path):
    """Seconds since 1970 are a clock on the wall."""
    found = curve(tmp_path, rows("step,_timestamp,loss|1,1699070091.5,9.5|20,1699070101.5,8.25"))
    assert found.seconds.tolist() == [0, 10]


def test_a_nan_beside_a_finite_loss_is_a_gap_and_alone_it_is_divergence(tmp_path):
    """Some tables write NaN where another loss has its row; a run that is lost has no finite one."""
    sparse = curve(tmp_path, rows("step,train_loss,val_loss|1,9.5,nan|2,nan,8.5|3,8.0,nan"))
    assert (sparse.step.tolist(), sparse.flags) == ([2], ())
    lost = curve(tmp_path, rows("step,val_loss|1,9.5|2,8.5|3,NaN|4,inf"))
    assert (lost.step.tolist(), lost.flags) == ([1, 2], ("diverged",))
    assert np.isnan(lost.final_loss)


def test_a_column_of_runs_parts_the_table(tmp_path):
    """The long form holds runs by name, in the order in which they begin; their rows may be mixed."""
    found = read(tmp_path, rows("run,step,val_loss|b,1,9|a,1,8|b,2,7|a,2,6|b,3,5"))
    assert [(c.run, c.loss.tolist()) for c in found] == [("b", [9, 7, 5]), ("a", [8, 6])]


def test_several_evaluation_sets_are_several_runs(tmp_path):
    """One run per set, named by it; a single one is the run, with the set as its data."""
    header = "step,train/CrossEntropyLoss,eval/c4_en-validation/CrossEntropyLoss"
    one = curve(tmp_path, rows(f"{header}|1,9,8|2,7,6"))
    assert (one.run, one.dataset, one.loss.tolist()) == ("", "c4_en-validation", [8, 6])
    two = read(tmp_path, rows(f"{header},eval/pile/CrossEntropyLoss|1,9,8,7|2,7,6,5"))
    assert [(c.run, c.dataset, c.final_loss) for c in two] == [("c4_en-validation",) * 2 + (6,), ("pile",) * 2 + (5,)]
    chosen = curve(
        tmp_path, rows(f"{header},eval/pile/CrossEntropyLoss|1,9,8,7"), Given(loss_column="eval_pile_crossentropyloss")
    )
    assert chosen.run == "pile"


def test_the_bound_holds_for_a_table_as_a_whole(tmp_path, monkeypatch):
    """Many runs share it: the longest are thinned, the short ones keep all."""
    monkeypatch.setattr(records_module, "MOST_RECORDS", 5_000)
    lines = "".join(f"long,{step},5.0\n" for step in range(20_000)) + "".join(
        f"short,{step},5.0\n" for step in range(50)
    )
    long, short = read(tmp_path, f"run,step,val_loss\n{lines}".encode())
    assert 1000 < len(long) <= 5000
    assert long.step[-1] == 19_999
    assert len(short) == 50
