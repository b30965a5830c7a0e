"""`steepest verify theory`: every closed form against simulated worlds."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from typing import Any

import numpy as np

from experiments.run.pool import processes
from experiments.verification.theory.check import Check
from experiments.verification.theory.checks import checks
from experiments.verification.theory.worlds import (
    attack,
    bunches,
    crowds,
    evaluations,
    ladders,
    menus,
    payments,
    races,
    reigns,
    shields,
    small,
    spenders,
    tullock,
)
from experiments.verification.theory.worlds.setting import Found, Pass, Sample

MOST = 3.5
"""Standard errors by which a check may be off: if nothing is wrong, a hundred checks all hold 19 times of 20."""
ROUNDING = 1e-9
"""How far a number may be off that should be random but was the same in every world: its standard error is 0."""
CONTESTS = (
    spenders,
    menus,
    bunches,
    ladders,
    small,
    tullock,
    evaluations,
    races,
    crowds,
    attack,
    reigns,
    shields,
    payments,
)
"""The modules that have passes; the longest passes come first, so that all processes end at about the same time."""

Progress = Callable[[int, int], None]
"""Called with (passes done, passes to do)."""


def verify(quick: bool = False, workers: int = 1, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """Simulate the worlds of all checks, and compare.

    Args:
        quick: only the checks that take a few seconds, in fewer worlds.
        workers: processes; the numbers are the same for any number.
        progress: called after each pass.

    Returns:
        The JSON document of `steepest verify theory --json`.

    Raises:
        ChildProcessError: a worker process was killed.
    """
    parts = [part for contest in CONTESTS for part in contest.passes(quick)]
    seen: dict[str, list[Sample]] = {}
    for found in _samples(parts, workers, progress):
        for name, sample in found.items():
            seen.setdefault(name, []).append(sample)
    return {"checks": [_row(check, seen[check.id]) for check in checks(quick)]}


def summary(document: dict[str, Any]) -> str:
    """The result for people: a line per check, and how many hold."""
    rows = document["checks"]
    lines = [f"{'check':<26} {'expected':>10} {'simulated':>10} {'s.e.':>8} {'z':>6}  what"]
    for row in rows:
        numbers = f"{row['expected']:>10.6g} {row['simulated']:>10.6g} {row['se']:>8.2g} {row['z']:>+6.2f}"
        lines.append(f"{row['id']:<26} {numbers}  {row['what']}{'' if row['ok'] else '  FAILED'}")
    failed = [row["id"] for row in rows if not row["ok"]]
    worst = max(rows, key=lambda row: abs(row["z"]))
    hold = f"{len(rows) - len(failed)} of {len(rows)} checks hold (|z| < {MOST})"
    return "\n".join([*lines, f"{hold}; furthest off is {worst['id']}, z = {worst['z']:+.2f}"])


def _row(check: Check, samples: Sequence[Sample]) -> dict[str, Any]:
    """A check's row. Without randomness there is no standard error, so z is scaled to be 3.5 at the tolerance."""
    first, worlds = samples[0], sum(len(sample.values) for sample in samples)
    simulated, se = _estimate(samples)
    off = simulated - check.expected
    if first.tolerance is None:
        how = f"{worlds:,} worlds"
        z = off / se if se else MOST * off / ROUNDING
    else:
        how = f"exact to {first.tolerance:.3g}{f' {first.unit}' if first.unit else ''}"
        z = MOST * off / first.tolerance
    return {
        "id": check.id,
        "what": f"{check.what}; {how}",
        "expected": check.expected,
        "simulated": simulated,
        "se": se,
        "z": z,
        "ok": abs(z) < MOST,
    }


def _estimate(samples: Sequence[Sample]) -> tuple[float, float]:
    """Mean, or ratio of means, over all worlds, and its standard error; worlds are independent of each other."""
    values = np.concatenate([np.asarray(sample.values, dtype=np.float64) for sample in samples])
    per = np.concatenate([np.ones(len(s.values)) if s.per is None else s.per for s in samples])
    mean = float(values.sum() / per.sum())
    if samples[0].tolerance is not None:
        return mean, 0.0
    return mean, float(np.std(values - mean * per, ddof=1) / np.sqrt(len(values)) / per.mean())


def _samples(parts: Sequence[Pass], workers: int, progress: Progress) -> Iterator[Found]:
    """The samples of the passes, in the order of the passes."""
    with processes(min(workers, len(parts))) as pool:
        if pool is None:
            for done, part in enumerate(parts, 1):
                yield part()
                progress(done, len(parts))
            return
        futures = [pool.submit(part) for part in parts]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()  # a pass that failed ends them all at once
            progress(done, len(parts))
        yield from (future.result() for future in futures)
