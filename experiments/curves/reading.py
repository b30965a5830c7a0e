"""What a law is fitted to: curves with the learning rate of every step, or finished runs with size and tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import InputError
from sim.traces.curve import Curve
from sim.traces.laws.schedules import interpolated_rates, rates, warmup_steps
from sim.traces.read import read_file, walk
from sim.traces.reading.names import plain
from sim.traces.synth import STEPS, spec_of

if TYPE_CHECKING:
    from pandas import DataFrame

LR = ("lr", "learning rate", "optim learning rate group0")
STEP = ("step", "global step", "iteration")
LOSS = ("loss", "val loss", "loss nats per token")
SIZE = ("n params", "params no embed", "parameters", "params")
TOKENS = ("tokens", "throughput total tokens")
"""Names of columns as `plain` writes them; the first that a table has counts."""

FEWEST_FINISHED = 6
"""One more than the scaling law has constants."""

Condition = tuple[str, str, str]
CONDITION = re.compile(r"([^<>=]+)(>=|<=|=)(.*)", re.DOTALL)


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

    @property
    def losses(self) -> tuple[str, ...]:
        """Names of columns that hold the loss."""
        return (self.loss,) if self.loss else LOSS


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
        later = self.at >= max(warmup_steps(self.rates), skip * len(self.rates))
        return replace(self, at=self.at[later], loss=self.loss[later])


@dataclass(frozen=True, eq=False)
class Finished:
    """Finished runs; arrays are float64 `[runs]`: parameters, tokens and nats per token at the end."""

    name: str
    parameters: np.ndarray
    tokens: np.ndarray
    loss: np.ndarray


def read_curves(paths: Sequence[Path], reading: Reading) -> list[Observed]:
    """All curves of files and folders, without their warm-up.

    Raises:
        InputError: there is none, or one whose learning rates are unknown.
    """
    read = [curve.settled(reading.skip) for path in walk(list(paths)) for curve in _curves(path, reading)]
    found = [curve for curve in read if len(curve.at)]
    if not found:
        raise InputError(f"no curve in {', '.join(map(str, paths))}")
    return found


def read_finished(paths: Sequence[Path], reading: Reading, fewest: int = FEWEST_FINISHED) -> Finished:
    """All finished runs of tables and libraries; a curve counts by its last point, unless it diverged or is cut.

    Raises:
        InputError: there are fewer than `fewest`.
    """
    rows = np.array([row for path in walk(list(paths)) for row in _last_points(path, reading)]).reshape(-1, 3)
    if len(rows) < fewest:
        raise InputError(
            f"{len(rows)} finished runs with parameters, tokens and loss in {', '.join(map(str, paths))}, "
            f"but at least {fewest} are needed: the law has 5 constants"
        )
    return Finished(", ".join(path.stem for path in paths), *rows.T)


def read_table(path: Path, where: Sequence[Condition] = ()) -> "DataFrame | None":
    """The rows of a CSV file for which the conditions hold, as texts; `None` if it is no CSV file or none is left.

    Raises:
        InputError: it cannot be read as CSV, or a condition names a column that is not there, or compares a word.
    """
    if path.suffix.lower() != ".csv":
        return None
    import pandas as pd  # noqa: PLC0415 - a third of a second, for fits only

    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", encoding_errors="replace", index_col=False
        )
    except pd.errors.EmptyDataError:
        return None
    except pd.errors.ParserError as error:
        raise InputError(f"{path}: {error}") from None
    for condition in where:
        table = table[_holds(table, condition, path)]
    return table if len(table) else None


def condition_of(text: str) -> Condition:
    """`column=value`, `column>=value` or `column<=value` in its three parts.

    Raises:
        InputError: it is none of these.
    """
    found = CONDITION.fullmatch(text)
    if found is None:
        raise InputError(f"--where {text}: must read COLUMN=VALUE, COLUMN>=NUMBER or COLUMN<=NUMBER")
    return found[1], found[2], found[3]


def column(table: "DataFrame", names: Sequence[str], path: Path) -> np.ndarray:
    """The first column with one of these names, float64 `[rows]`, NaN where it holds no number.

    Raises:
        InputError: there is no such column.
    """
    numbers = _column(table, names)
    if numbers is None:
        raise InputError(f"{path} has no column {' or '.join(names)}; it has {', '.join(table.columns)}")
    return numbers


def _column(table: "DataFrame", names: Sequence[str]) -> np.ndarray | None:
    import pandas as pd  # noqa: PLC0415

    by_plain_name = {plain(name): name for name in table.columns}
    found = next((by_plain_name[plain(name)] for name in names if plain(name) in by_plain_name), None)
    return None if found is None else pd.to_numeric(table[found], errors="coerce").to_numpy(np.float64)


def _holds(table: "DataFrame", condition: Condition, path: Path) -> np.ndarray:
    name, sign, value = condition
    if name not in table:
        raise InputError(f"--where {''.join(condition)}: {path} has no such column; it has {', '.join(table.columns)}")
    texts = table[name].to_numpy()
    if sign == "=":
        return np.asarray(texts == value)
    try:
        bound = float(value)
        return np.array([float(text) >= bound if sign == ">=" else float(text) <= bound for text in texts], dtype=bool)
    except ValueError as error:
        raise InputError(f"--where {''.join(condition)}: {error}: not a number") from None


def _curves(path: Path, reading: Reading) -> Iterator[Observed]:
    table = read_table(path, reading.where)
    if table is not None and (lr := _column(table, LR)) is not None:
        yield _of_table(path, table, lr, reading)
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve):
            yield _of_curve(curve, reading)


def _of_table(path: Path, table: "DataFrame", lr: np.ndarray, reading: Reading) -> Observed:
    step, loss = column(table, STEP, path), column(table, reading.losses, path)
    there = np.isfinite(step) & (loss > 0) & np.isfinite(loss) & np.isfinite(lr)
    order = np.argsort(step[there], kind="stable")
    step, loss, lr = step[there][order], loss[there][order], lr[there][order]
    if not len(step) or step[0] < 0 or step[-1] > STEPS[1] or not np.all(np.diff(step) >= 1):
        raise InputError(
            f"{path}: the steps must be whole, from 0 to {STEPS[1]}, and each there once; give one run per file"
        )
    if lr.min() < 0 or lr[0] <= 0 < step[0] or lr.max() <= 0:
        raise InputError(f"{path}: the learning rates must be above 0, and none below it")
    return Observed(path.stem, step.astype(int), loss, interpolated_rates(step, lr, reading.warmup))


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


def _last_points(path: Path, reading: Reading) -> Iterator[tuple[float, float, float]]:
    table = read_table(path, reading.where)
    if table is not None and (size := _column(table, SIZE)) is not None:
        rows = np.stack([size, column(table, TOKENS, path), column(table, reading.losses, path)], axis=1)
        yield from map(tuple, rows[np.all(np.isfinite(rows) & (rows > 0), axis=1)].tolist())
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve) and curve.unit == "nats" and "truncated" not in curve.flags:
            last = (curve.parameters, float(curve.tokens[-1]), curve.final_loss)
            if np.isfinite(last).all():
                yield last
