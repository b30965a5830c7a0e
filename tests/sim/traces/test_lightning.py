"""Lightning's metrics.csv: sparse rows, steps that count from 0."""

import pytest
from table_files import curve

from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


SPARSE = "epoch,lr-AdamW,step,train_loss,val_loss|0,,49,5.8,|0,,99,5.3,|0,,99,,5.0|0,,149,4.9,|0,,199,,4.5"


def test_steps_count_from_0(tmp_path):
    """A loss that is logged at 99 was measured when 100 steps were done; that is said."""
    found = curve(tmp_path, rows(SPARSE))
    assert (found.format, found.step.tolist(), found.loss.tolist()) == ("lightning", [100, 200], [5.0, 4.5])
    assert any("steps count from 0" in warning for warning in found.warnings)
    assert curve(tmp_path, rows(SPARSE), Given(kind="train")).step.tolist() == [50, 100, 150]


@pytest.mark.parametrize(
    "text",
    [
        "train_loss_step,epoch,step,train_loss_epoch,val_loss|5.8,0,49,,|5.3,0,99,,|,0,99,5.5,|,0,99,,5.0",
        "epoch,step,train_loss|0,49,5.8|0,99,5.3|0,149,5.0",
    ],
)
def test_older_and_dense_files(tmp_path, text):
    """Columns in any order, and dense rows whose steps are one short of round, are Lightning's too."""
    found = curve(tmp_path, rows(text), Given(kind="train"))
    assert found.format == "lightning"
    assert found.step.tolist()[:2] == [50, 100]
    assert found.loss.tolist()[:2] == [5.8, 5.3]


@pytest.mark.parametrize("text", ["epoch,step,loss|0,50,5.8|0,100,5.3", "step,train_loss,val_loss|49,5.8,|99,,5.3"])
def test_other_tables_keep_their_steps(tmp_path, text):
    """Without an epoch, or with round steps and no gaps, a table is a plain one."""
    found = curve(tmp_path, rows(text), Given(kind="train"))
    assert (found.format, found.step[0]) == ("table", float(text.split("|")[1].split(",")["epoch" in text]))
