"""Charts exported from Weights & Biases: columns per run, gaps, drawn means."""

import pytest
from table_files import read, refusal

from sim.traces.tidy import Given


def chart(x, columns, *rows):
    """The bytes of an export: quoted cells, three columns per run."""
    header = [x, *(name + end for name in columns for end in ("", "__MIN", "__MAX"))]
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in (header, *rows)).encode()


def test_every_run_is_a_curve(tmp_path):
    """Runs are parted at the last ` - `; a row without a value of a run is no point of it."""
    data = chart("Step", ["big - one - val/loss", "two - val/loss"], [0, 9, 9, 9, "", "", ""], [10, 8, 8, 8, 7, 7, 7])
    one, two = read(tmp_path, data)
    assert (one.run, one.step.tolist(), one.loss.tolist()) == ("big - one", [0, 10], [9, 8])
    assert (two.run, two.step.tolist(), two.loss.tolist()) == ("two", [10], [7])
    assert one.kind == "validation"
    assert any("calls of its log function" in warning for warning in one.warnings)


def test_down_sampled_values_are_spoken_of(tmp_path):
    """Where the least and the most of a step differ, the chart drew a mean."""
    (found,) = read(
        tmp_path, chart("trainer/global_step", ["a - train/loss"], [1, 9, 8, 10], [2, 8, 8, 8], [3, 7, 6, 8])
    )
    assert found.loss.tolist() == [9, 8, 7]
    assert "down-sampled by the chart, values are means over several steps: 2 lines" in found.warnings
    assert not any("calls of its log function" in warning for warning in found.warnings)


@pytest.mark.parametrize("x", ["Relative Time (Process)", "_runtime"])
def test_charts_over_time(tmp_path, x):
    """Relative times are seconds; the losses are counted then."""
    (found,) = read(tmp_path, chart(x, ["a - loss"], [1.5, 9, 9, 9], [3, 8, 8, 8]))
    assert (found.seconds.tolist(), found.step.tolist()) == ([1.5, 3], [1, 2])


def test_both_losses_of_a_run_are_one_run(tmp_path):
    """Validation counts, training comes on demand."""
    data = chart("Step", ["a - train/loss", "a - eval/loss"], [1, 9, 9, 9, "", "", ""], [2, 8, 8, 8, 8.5, 8.5, 8.5])
    (found,) = read(tmp_path, data)
    assert found.loss.tolist() == [8.5]
    (train,) = read(tmp_path, data, Given(kind="train"))
    assert train.loss.tolist() == [9, 8]


def test_groups_and_lost_runs(tmp_path):
    """The mean over a group is said to be one; NaN as a word is a loss that was lost."""
    (found,) = read(tmp_path, chart("Step", ["Group: x - val_loss"], [1, 9, 9, 9], [2, "NaN", "NaN", "NaN"]))
    assert found.run == "Group: x"
    assert found.flags == ("diverged",)
    assert any("a group of runs" in warning for warning in found.warnings)


def test_columns_without_least_and_most(tmp_path):
    """Tables of runs may lack the columns of least and most."""
    (found,) = read(tmp_path, b'"Step","a - val_loss"\n"1","9"\n"2","8"\n')
    assert (found.format, found.run, found.loss.tolist()) == ("wandb-csv", "a", [9, 8])


def test_a_chart_of_something_else_is_refused(tmp_path):
    """A chart without a loss says what it shows; one without rows is empty."""
    assert refusal(tmp_path, chart("Step", ["a - lr"], [1, 0.1, 0.1, 0.1])).startswith(
        "a W&B chart, but of no loss: a - lr"
    )
    assert refusal(tmp_path, chart("Step", ["a - loss"])) == "has a header but no rows"
