"""The table: each statistic in the logs, with its interval, and in simulated worlds."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from experiments.results.estimate import LEVEL
from experiments.verification.calibration.logs import Evaluations, read_history, read_samples, read_steps
from experiments.verification.calibration.questions import Question, of_history, of_steps
from experiments.verification.calibration.simulated import SAMPLED, Field, field, simulate
from experiments.verification.calibration.statistics import binomial, bootstrap
from sim.validators.noise import KIN_WITHIN, NOVEMBER_2023, NoiseLevel


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        name: the statistic, with its unit.
        of: which model, pair or group it is of.
        n: steps, or samples, in the logs.
        logs: its value in the logs.
        lo, hi: 95 % interval of that value.
        simulated: its mean over simulated worlds.
        low, high: interval that holds 95 % of these worlds.
        fitted: whether a parameter of the noise was fitted to it.
    """

    name: str
    of: str
    n: int
    logs: float
    lo: float
    hi: float
    simulated: float
    low: float
    high: float
    fitted: bool = False

    @property
    def inside(self) -> bool:
        """Whether the simulator's value lies within the interval of the logs."""
        return self.lo <= self.simulated <= self.hi


def compare(folder: Path, level: NoiseLevel = NOVEMBER_2023) -> list[Row]:
    """All rows, from a folder with the validators' logs; takes some seconds."""
    rows = []
    for logged, questions in ((read_steps(folder), of_steps), (read_history(folder), of_history)):
        worlds = simulate(field(logged), level)
        rows += [answer(question, logged, worlds) for question in questions(logged)]
    return [*rows, *(_of_samples(step, losses, level) for step, losses in enumerate(read_samples(folder), start=1))]


def answer(question: Question, logged: Evaluations, worlds: list[Evaluations]) -> Row:
    """A question's row; the interval of a share is exact (binomial), that of others is bootstrapped over steps."""
    sample = question.columns(logged)
    lo, hi = binomial(sample) if sample.dtype == bool else bootstrap(question.statistic, sample)
    value = float(question.statistic(sample))
    simulated = _over([float(question.statistic(question.columns(world))) for world in worlds])
    return Row(question.name, question.of, len(sample), value, lo, hi, *simulated, question.fitted)


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    heads = ("statistic", "of", "n", "logs", "95 % interval", "simulated", "95 % of worlds", "simulated is")
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for row in rows:
        verdict = ("inside" if row.inside else "**outside**") + (", fitted" if row.fitted else "")
        logs, worlds = f"{_number(row.lo)} to {_number(row.hi)}", f"{_number(row.low)} to {_number(row.high)}"
        cells = (row.name, row.of, f"{row.n:,}", _number(row.logs), logs, _number(row.simulated), worlds, verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _of_samples(step: int, losses: np.ndarray, level: NoiseLevel) -> Row:
    """Whether single samples are normal: two simulated models have the gap and the paired sd of this step."""
    gap = losses[:, 0] - losses[:, 1]
    alike = replace(level, samples=len(gap), kin_sd=float(gap.std(ddof=1)) / KIN_WITHIN)
    two = Field(("49", "223"), losses.mean(axis=0), np.array([0, 0]), np.array([0, 1]))
    simulated = _over([float(world.best[:, 1].mean()) for world in simulate(two, alike, windows=SAMPLED)])
    of = f"uid 223 over 49, step {step}, at its gap and sd"
    return Row("share of samples won", of, len(gap), float((gap > 0).mean()), *binomial(gap > 0), *simulated)


def _over(worlds: list[float]) -> tuple[float, float, float]:
    lo, hi = np.quantile(worlds, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(np.mean(worlds)), float(lo), float(hi)


def _number(value: float) -> str:
    return f"{value:.4f}" if 0.9995 <= value < 1 else f"{value:.3g}"
