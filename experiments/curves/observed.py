"""What a law of curves is fitted to: curves with the learning rates of all their steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from experiments.curves.columns import LOSS, LR, STEP, Condition, Table, table
from policies.errors import InputError
from sim.traces.curve import Curve
from sim.traces.laws.schedules import of_rows, rates, warm
from sim.traces.read import read_file, walk
from sim.traces.spec import STEPS
from sim.traces.synth import spec_of


@dataclass(frozen=True, eq=False)
class Observed:
    """A curve and the learning rates behind it.

    Attributes:
        name: the run.
        at: numbers of the steps with a loss, from 0.
        loss: float64 `[points]`, nats per token.
        rates: float64 `[steps]`.
    """

    name: str
    at: np.ndarray
    loss: np.ndarray
    rates: np.ndarray

    def settled(self, skip: float = 0.0) -> "Observed":
        """Only the points after the warm-up, of which the laws say nothing, and after a share of the run."""
        later = self.at >= max(warm(self.rates), skip * len(self.rates))
        return replace(self, at=self.at[later], loss=self.loss[later])


@dataclass(frozen=True)
class Reading:
    """How tables and logs are to be read.

    Attributes:
        schedule: the learning-rate schedule of curves that do not tell theirs; they are refused when empty.
        warmup: steps of the warm-up, for these and for tables that begin after it.
        loss: the column of the loss, where several would do.
        where: conditions on the rows of tables.
        skip: the share of every curve that is left out at its beginning.
    """

    schedule: str = ""
    warmup: int | None = None
    loss: str = ""
    where: tuple[Condition, ...] = ()
    skip: float = 0.0


def curves(paths: Sequence[Path], reading: Reading) -> list[Observed]:
    """All curves of files and folders, without their warm-up.

    Raises:
        InputError: there is none, or one whose learning rates are unknown.
    """
    read = [curve.settled(reading.skip) for path in walk(list(paths)) for curve in _curves(path, reading)]
    found = [curve for curve in read if len(curve.at)]
    if not found:
        raise InputError(f"no curve in {', '.join(map(str, paths))}")
    return found


def _curves(path: Path, reading: Reading) -> Iterator[Observed]:
    columns = table(path, reading.where)
    if columns is not None and (lr := columns.numbers(LR)) is not None:
        yield _of_table(columns, lr, reading)
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve):
            yield _of_curve(curve, reading)


def _of_table(columns: Table, lr: np.ndarray, reading: Reading) -> Observed:
    step, loss = columns.needed(STEP), columns.needed((reading.loss,) if reading.loss else LOSS)
    there = np.isfinite(step) & (loss > 0) & np.isfinite(loss) & np.isfinite(lr)
    order = np.argsort(step[there], kind="stable")
    step, loss, lr = step[there][order], loss[there][order], lr[there][order]
    if not len(step) or step[0] < 0 or step[-1] > STEPS[1] or not np.all(np.diff(step) >= 1):
        raise InputError(
            f"{columns.path}: the steps must be whole, from 0 to {STEPS[1]}, and each there once; give one run per file"
        )
    if lr.min() < 0 or lr[0] <= 0 < step[0] or lr.max() <= 0:
        raise InputError(f"{columns.path}: the learning rates must be above 0, and none below it")
    return Observed(columns.path.stem, step.astype(int), loss, of_rows(step, lr, reading.warmup))


def _of_curve(curve: Curve, reading: Reading) -> Observed:
    if curve.unit != "nats" or curve.step[-1] > STEPS[1]:
        raise InputError(f"{curve.source}: {curve.run} must be in nats per token, and of at most {STEPS[1]} steps")
    at = np.maximum(curve.step.astype(int) - 1, 0)  # a curve counts steps that are done
    if (spec := spec_of(curve)) is not None:
        return Observed(curve.run, at, curve.loss, spec.rates())
    if not reading.schedule:
        raise InputError(
            f"{curve.source}: {curve.run} does not tell its learning rates: give a table with a column lr, "
            "or --schedule and --warmup"
        )
    return Observed(curve.run, at, curve.loss, rates(reading.schedule, int(at[-1]) + 1, warmup=reading.warmup))
