"""What laws are fitted to: loss curves with the learning rate of every step, or finished runs with size and tokens."""

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

LEARNING_RATE = ("lr", "learning rate", "optim learning rate group0")
STEP = ("step", "global step", "iteration")
LOSS = ("loss", "val loss", "loss nats per token")
SIZE = ("n params", "params no embed", "parameters", "params")
TOKENS = ("tokens", "throughput total tokens")
"""Names of columns in the spelling of `plain`; the first one that a table has is read."""

FEWEST_RUNS = 6  #: finished runs that a fit needs: one more than the scaling law has constants

Condition = tuple[str, str, str]  #: a column, a sign, and what the column is compared with
CONDITION = re.compile(r"([^<>=]+)(>=|<=|=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """How tables and logs are to be read."""

    schedule: str = ""  #: learning-rate schedule of curves that do not tell theirs; they are refused when it is empty
    warmup: int | None = None  #: steps of its warm-up, and of the warm-up of tables that begin after theirs
    losses: tuple[str, ...] = LOSS  #: names that the column of the loss may have
    where: tuple[Condition, ...] = ()  #: conditions that the rows of tables must meet
    skip: float = 0.0  #: share of every curve that is left out at its beginning


@dataclass(frozen=True, eq=False)
class Observed:
    """A loss curve and the learning rates behind it."""

    name: str  #: of the run
    steps: np.ndarray  #: whole `[points]`: numbers of the steps whose loss is known, from 0
    loss: np.ndarray  #: float64 `[points]`, nats per token
    rates: np.ndarray  #: float64 `[all steps]`


@dataclass(frozen=True, eq=False)
class Finished:
    """Finished runs; arrays are float64 `[runs]`."""

    name: str
    parameters: np.ndarray
    tokens: np.ndarray
    loss: np.ndarray  #: at the end, nats per token


def read_curves(paths: Sequence[Path], reading: Reading) -> list[Observed]:
    """All curves of files and folders, without their warm-up, of which the laws say nothing.

    Raises:
        InputError: there is none, or one whose learning rates are unknown.
    """
    found = []
    for path in walk(list(paths)):
        for curve in _curves(path, reading):
            later = curve.steps >= max(warmup_steps(curve.rates), reading.skip * len(curve.rates))
            if later.any():
                found.append(replace(curve, steps=curve.steps[later], loss=curve.loss[later]))
    if not found:
        raise InputError(f"no curve in {', '.join(map(str, paths))}")
    return found


def read_finished(paths: Sequence[Path], reading: Reading, fewest: int = FEWEST_RUNS) -> Finished:
    """All finished runs of tables and libraries; of a curve its last point, unless it diverged or is cut off.

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
    """The rows of a CSV file that meet the conditions, as texts; `None` if it is no CSV file or no row is left.

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
    for name, sign, value in where:
        given = f"--where {name}{sign}{value}"
        if name not in table:
            raise InputError(f"{given}: {path} has no such column; it has {', '.join(table.columns)}")
        try:
            if sign == "=":
                table = table[table[name] == value]
            else:
                bound, numbers = float(value), np.array([float(text) for text in table[name]])
                table = table[numbers >= bound if sign == ">=" else numbers <= bound]
        except ValueError as error:
            raise InputError(f"{given}: {error}: not a number") from None
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
    import pandas as pd  # noqa: PLC0415

    name = _find_column(table, names)
    if name is None:
        raise InputError(f"{path} has no column {' or '.join(names)}; it has {', '.join(table.columns)}")
    return np.asarray(pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64))


def _find_column(table: "DataFrame", names: Sequence[str]) -> str | None:
    spelled = {plain(name): name for name in table.columns}
    return next((spelled[plain(name)] for name in names if plain(name) in spelled), None)


def _curves(path: Path, reading: Reading) -> Iterator[Observed]:
    table = read_table(path, reading.where)
    if table is not None and _find_column(table, LEARNING_RATE):
        yield _curve_of_table(path, table, reading)
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve):
            yield _with_rates(curve, reading)


def _curve_of_table(path: Path, table: "DataFrame", reading: Reading) -> Observed:
    step, loss, lr = (column(table, names, path) for names in (STEP, reading.losses, LEARNING_RATE))
    rows = np.isfinite(step) & (loss > 0) & np.isfinite(loss) & np.isfinite(lr)
    order = np.argsort(step[rows], kind="stable")
    step, loss, lr = step[rows][order], loss[rows][order], lr[rows][order]
    if not len(step) or step[0] < 0 or step[-1] > STEPS[1] or not np.all(np.diff(step) >= 1):
        raise InputError(
            f"{path}: the steps must be whole, from 0 to {STEPS[1]}, and each there once; give one run per file"
        )
    if lr.min() < 0 or lr[0] <= 0 < step[0] or lr.max() <= 0:
        raise InputError(f"{path}: the learning rates must be above 0, and none below it")
    return Observed(path.stem, step.astype(int), loss, interpolated_rates(step, lr, reading.warmup))


def _with_rates(curve: Curve, reading: Reading) -> Observed:
    if curve.unit != "nats" or curve.step[-1] > STEPS[1]:
        raise InputError(f"{curve.source}: {curve.run} must be in nats per token, and of at most {STEPS[1]} steps")
    steps = np.maximum(curve.step.astype(int) - 1, 0)  # a curve counts the steps that are done
    if (spec := spec_of(curve)) is not None:
        return Observed(curve.run, steps, curve.loss, spec.rates())
    if not reading.schedule:
        raise InputError(
            f"{curve.source}: {curve.run} does not tell its learning rates: give a table with a column lr, "
            "or --schedule and --warmup"
        )
    return Observed(curve.run, steps, curve.loss, rates(reading.schedule, int(steps[-1]) + 1, warmup=reading.warmup))


def _last_points(path: Path, reading: Reading) -> Iterator[tuple[float, float, float]]:
    table = read_table(path, reading.where)
    if table is not None and _find_column(table, SIZE):
        rows = np.stack([column(table, names, path) for names in (SIZE, TOKENS, reading.losses)], axis=1)
        yield from map(tuple, rows[np.all(np.isfinite(rows) & (rows > 0), axis=1)].tolist())
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve) and curve.unit == "nats" and "truncated" not in curve.flags:
            last = (curve.parameters, float(curve.tokens[-1]), curve.final_loss)
            if np.isfinite(last).all():
                yield last
