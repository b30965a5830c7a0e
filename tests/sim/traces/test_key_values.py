"""Lines of names and values."""

import pytest
from text_logs import curve

from sim.traces.read import Refusal, read_file


@pytest.mark.parametrize(
    "line",
    [
        "iter {step} | loss = {loss}",
        "iter {step} | loss={loss} | lr=0.001",
        "step = {step}, lr = 1e-3, loss = {loss}",
        "loss: {loss} lr: 1e-3 iteration: {step}",
        "[2026-01-02 03:04:05] INFO trainer: Step {step}/9000 - grad norm = 0.3 - train loss = {loss} (best 0.1)",
        "epoch=1 step={step} aux_loss=0.01 loss={loss}",
        "INFO step {step} loss {loss}",
        "global_step={step} train/loss={loss} z loss = 9",
    ],
)
def test_names_and_values_in_any_order(line: str, tmp_path) -> None:
    """With equals signs, colons and spaces; other values are not taken for the loss."""
    points = {10: 4.5, 20: 4.25, 30: 4.125}
    found = curve(tmp_path / "log", [line.format(step=step, loss=loss) for step, loss in points.items()])
    assert (found.format, found.kind, found.flags) == ("key-values", "train", ())
    assert dict(zip(found.step.tolist(), found.loss.tolist(), strict=True)) == points


def test_validation_on_lines_of_its_own(tmp_path) -> None:
    """It belongs to the latest step, and is taken rather than the training loss; tokens are read too."""
    lines = [f"step={n} tokens={n * 1000} loss={5 - n / 100}\nval_loss = {6 - n / 100}" for n in (0, 100, 200)]
    found = curve(tmp_path / "log", lines)
    assert (found.kind, found.step.tolist(), found.loss.tolist()) == ("validation", [0, 100, 200], [6, 5, 4])
    assert found.tokens.tolist() == [0, 100_000, 200_000]


@pytest.mark.parametrize("text", ["step 3 of the plan: loss of time\n", "lr = 1e-3\nsteps = 100\n", "loss = 3\n" * 5])
def test_other_text_is_no_log(text: str, tmp_path) -> None:
    """A line needs a step and a loss."""
    (tmp_path / "log").write_text(text)
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)
