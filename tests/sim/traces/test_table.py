"""Plain tables: names, separators, numbers as people write them, several runs and losses."""

import numpy as np
import pytest
from table_files import curve, read, refusal

from sim.traces.curve import Curve
from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


@pytest.mark.parametrize(
    "name",
    [
        "step",
        "_step",
        "Step",
        "iter",
        "iteration",
        "global_step",
        "trainer/global_step",
        "Global Step",
        "s",
        "TRAIN/GLOBAL-STEP",
    ],
)
def test_names_of_the_step(tmp_path, name):
    """The step has many names; case, `/`, `_`, `-` and space are no difference."""
    assert curve(tmp_path, rows(f"{name},loss|1,9.5|20,8.25")).step.tolist() == [1, 20]


@pytest.mark.parametrize(
    "name",
    [
        "val_loss",
        "eval_loss",
        "validation loss",
        "lm loss validation",
        "test loss",
        "Loss/val",
        "eval/loss",
        "valid-nll",
    ],
)
def test_names_of_a_validation_loss(tmp_path, name):
    """Validation losses are known by their names, and are nats."""
    found = curve(tmp_path, rows(f"step,{name}|1,9.5|20,8.25"))
    assert (found.kind, found.unit, found.loss.tolist()) == ("validation", "nats", [9.5, 8.25])


@pytest.mark.parametrize("name", ["loss", "train_loss", "lm loss", "Train/Loss", "training loss", "loss/train"])
def test_names_of_a_training_loss(tmp_path, name):
    """Training losses are known by their names; that no validation loss was there is said."""
    found = curve(tmp_path, rows(f"step,{name}|1,9.5|20,8.25"))
    assert found.kind == "train"
    assert "no validation loss in the log: the training loss is used" in found.warnings


@pytest.mark.parametrize(
    "name",
    ["tokens", "total_tokens", "consumed_tokens", "throughput/total_tokens", "num_input_tokens_seen", "n_tokens"],
)
def test_names_of_the_tokens(tmp_path, name):
    """Tokens are known by their names; a table may have no other count, and is then numbered."""
    found = curve(tmp_path, rows(f"{name},loss|1000,9.5|2000,8.25"))
    assert found.tokens.tolist() == [1000, 2000]
    assert found.step.tolist() == [1, 2]
    assert curve(tmp_path, rows(f"{name},loss|1000,9.5|2000,8.25"), Given(tokens_per_step=500)).step.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("train_time_ms", 0.09),
        ("train_time (ms)", 0.09),
        ("elapsed_s", 90),
        ("seconds", 90),
        ("ms", 0.09),
        ("_runtime", 90),
        ("Relative Time (Process)", 90),
        ("time (min)", 5400),
        ("hours", 324000),
    ],
)
def test_a_unit_in_the_name_decides(tmp_path, name, seconds):
    """A column of times that says its unit is in that unit."""
    found = curve(tmp_path, rows(f"step,{name},loss|1,0,9.5|20,90,8.25"))
    assert found.seconds.tolist() == pytest.approx([0, seconds])
    assert not any("unit of time" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", ["train_time", "elapsed", "time", "wall_time"])
def test_a_time_without_unit_is_unknown_until_it_is_given(tmp_path, name):
    """Times without a unit are NaN and asked for; the user's unit makes them seconds."""
    data = rows(f"step,{name},loss|1,30,9.5|20,90,8.25")
    found = curve(tmp_path, data)
    assert np.isnan(found.seconds).all()
    assert "the unit of time is not in the log and was not given (time unit)" in found.warnings
    assert curve(tmp_path, data, Given(time_unit="min")).seconds.tolist() == [1800, 5400]


def test_times_of_the_clock_count_from_the_first(tmp_path):
    """Seconds since 1970 are a clock on the wall."""
    found = curve(tmp_path, rows("step,_timestamp,loss|1,1699070091.5,9.5|20,1699070101.5,8.25"))
    assert found.seconds.tolist() == [0, 10]


def test_clock_times_are_seconds(tmp_path):
    """`1:02:03` is 3,723 seconds."""
    assert curve(tmp_path, rows("step,time (s),loss|1,0:00:05,9|20,1:02:03,8")).seconds.tolist() == [5, 3723]


def test_validation_is_taken_before_training_and_gaps_are_no_points(tmp_path):
    """A row without a validation loss is no point of its curve."""
    found = curve(tmp_path, rows("step,train_loss,val_loss|1,9.5,|2,9.0,8.5|3,8.0,|4,7.5,7"))
    assert (found.step.tolist(), found.loss.tolist()) == ([2, 4], [8.5, 7.0])


def test_a_nan_beside_a_finite_loss_is_a_gap_and_alone_it_is_divergence(tmp_path):
    """Some tables write NaN where another loss has its row; a run that is lost has no finite one."""
    sparse = curve(tmp_path, rows("step,train_loss,val_loss|1,9.5,nan|2,nan,8.5|3,8.0,nan"))
    assert (sparse.step.tolist(), sparse.flags) == ([2], ())
    lost = curve(tmp_path, rows("step,val_loss|1,9.5|2,8.5|3,NaN|4,inf"))
    assert (lost.step.tolist(), lost.flags) == ([1, 2], ("diverged",))
    assert np.isnan(lost.final_loss)


def test_decimal_commas_and_semicolons(tmp_path):
    """A comma between digits of a loss is a decimal one, also before three digits."""
    found = curve(tmp_path, rows("step;val_loss;tokens|1;9,512;1000|2000;3,2;2000000,0"))
    assert (found.loss.tolist(), found.tokens.tolist()) == ([9.512, 3.2], [1000, 2000000])


def test_thousands_separators(tmp_path):
    """Counts may have commas between thousands."""
    found = curve(tmp_path, rows('step,tokens,val_loss|"1,000","524,288,000",9.5|"2,000","1,048,576,000",8.25'))
    assert (found.step.tolist(), found.tokens.tolist()) == ([1000, 2000], [524288000, 1048576000])


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   "])
def test_separators(tmp_path, separator):
    """Commas, semicolons, tabs and spaces part cells."""
    assert curve(tmp_path, rows("step~loss|1~9.5|20~8.25".replace("~", separator))).loss.tolist() == [9.5, 8.25]


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


def test_other_losses_are_not_the_loss(tmp_path):
    """Averages, auxiliary and final losses are not read as points."""
    found = curve(
        tmp_path, rows("step,val_ema_loss,val_loss,aux_loss,final_val_loss,val_avg_loss|1,1,9,1,1,1|2,1,8,1,1,1")
    )
    assert found.loss.tolist() == [9, 8]
    assert "without a column of losses" in refusal(tmp_path, rows("step,val_ema_loss,aux_loss|1,1,9|2,1,8"))


def test_perplexity_becomes_nats_and_bits_per_byte_stay_unless_told(tmp_path):
    """ln of a perplexity is nats; bits per byte need the bytes of a token."""
    assert curve(tmp_path, rows("step,ppl|1,100|2,20")).loss.tolist() == pytest.approx([np.log(100), np.log(20)])
    data = rows("step,val_bpb|1,2.0|2,1.5")
    assert (curve(tmp_path, data).unit, curve(tmp_path, data).loss.tolist()) == ("bpb", [2.0, 1.5])
    nats = curve(tmp_path, data, Given(bytes_per_token=4.0))
    assert (nats.unit, nats.loss.tolist()) == ("nats", pytest.approx([8 * np.log(2), 6 * np.log(2)]))
    both = curve(tmp_path, rows("step,val_bpb,val_loss|1,2.0,6|2,1.5,5"))
    assert (both.unit, both.loss.tolist()) == ("nats", [6, 5])


def test_a_bare_loss_is_what_the_user_says(tmp_path):
    """`loss` is training loss unless the user calls it validation."""
    data = rows("step,lr,loss|1,0.1,9|2,0.1,8")
    assert curve(tmp_path, data).kind == "train"
    assert curve(tmp_path, data, Given(kind="validation")).kind == "validation"
    assert "has no loss in it" in refusal(tmp_path, rows("step,train_loss|1,9|2,8"), Given(kind="validation"))


def test_samples_become_tokens_by_the_length_of_a_sequence(tmp_path):
    """Samples alone are not tokens; with the length of a sequence they are."""
    data = rows("step,consumed samples,loss|1,64,9|2,128,8")
    assert np.isnan(curve(tmp_path, data).tokens).all()
    assert curve(tmp_path, data, Given(sequence_length=1024)).tokens.tolist() == [65536, 131072]


def test_a_restart_keeps_the_last_of_each_step(tmp_path):
    """Repeated steps with other losses are a restart; the later ones count."""
    found = curve(tmp_path, rows("step,seconds,val_loss|1,10,9|2,20,8|3,30,7|2,5,7.5|3,15,6.5|4,25,6"))
    assert (found.step.tolist(), found.loss.tolist()) == ([1, 2, 3, 4], [9, 7.5, 6.5, 6])
    assert found.flags == ("restarted",)
    assert found.seconds.tolist() == [10, 35, 45, 55]


def test_ragged_rows_and_words_in_cells_are_left_out_and_counted(tmp_path):
    """Rows of another length and text among numbers are left out, and said to be."""
    found = curve(tmp_path, rows("step,val_loss|1,9|2,8,7|error|3,n/a|4,oops|5,6|6,5"))
    assert found.step.tolist() == [1, 5, 6]
    assert "rows with more or fewer cells than the header left out: 2 lines" in found.warnings
    assert "cells that are no numbers taken as empty: 1 line" in found.warnings


def test_headers_repeated_or_changed_on_the_way(tmp_path):
    """A file that was appended to may have its header again, or one with more columns."""
    found = curve(tmp_path, rows("step,val_loss|1,9|step,val_loss|2,8|step,lr,val_loss|3,0.1,7|4,0.1,6"))
    assert found.loss.tolist() == [9, 8, 7, 6]


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("30,3.27", False),
        ("30,3", False),
        ("30", False),
        ("30,3.2708", True),
        ("30,3.2708\n", True),
        ("30,3.27\n", True),
    ],
)
def test_a_last_line_without_an_end_is_torn_if_it_looks_it(tmp_path, last, kept):
    """Without a line end, a last row with fewer cells or fewer decimals than all others is left out."""
    lines = "".join(f"{step},{4 - step / 100:.4f}\n" for step in range(6))
    found = curve(tmp_path, f"step,val_loss\n{lines}{last}".encode())
    assert (found.step[-1] == 30) == kept
    assert ("truncated" in found.flags) != kept


def test_a_quotation_mark_that_is_never_closed_ends_nothing(tmp_path):
    """Rows after a damaged one are read on."""
    lines = "".join(f"{step},5.0\n" for step in range(2, 60_000))
    found = curve(tmp_path, f'step,val_loss\n1,"9\n{lines}'.encode())
    assert found.step[-1] == 59_999
    assert "damaged rows left out: 1 line" in found.warnings


def test_comments_are_passed_over(tmp_path):
    """Lines that begin with `#` are no rows."""
    assert curve(tmp_path, rows("# made by hand|step,val_loss|1,9|# half time|2,8")).loss.tolist() == [9, 8]


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


def test_two_runs_of_one_name_are_told_apart(tmp_path):
    """Names of runs are unique in a file."""
    data = rows('"Step","a - val/loss","a - val/loss"|"1","9","8"|"2","7","6"')
    found = read(tmp_path, data)
    assert [c.run for c in found] == ["a", "a (2)"]
    assert all(isinstance(c, Curve) for c in found)
