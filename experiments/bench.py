"""`steepest bench`: how fast the mechanism and a whole race are on this machine. Nothing here is asserted anywhere."""

import os
import platform
import time
from typing import Any

import numpy as np

from experiments.bench_policies import duel_rows, policy_rows
from experiments.bench_row import best_of, row
from experiments.bench_worlds import workers_row, world_rows
from policies import build, names
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.mechanism.judge import judge
from sim.replay.race import Race
from sim.replay.replay import Replay, Setting
from sim.streams import stream


def measure(device: str = "numpy") -> dict[str, Any]:
    """The JSON document of `steepest bench`; `device` is where worlds and policies are computed."""
    one, two = workers_row(1), workers_row(2)
    two["ratio"] = two["worlds_per_second"] / one["worlds_per_second"]
    return {
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "rows": [
            kernel_row(256, 1),
            kernel_row(16, 256),
            race_row(policies=16, worlds=32, days=60),
            race_row(policies=1, worlds=1, days=60),
            race_row(policies=128, worlds=1, days=60),
            *policy_rows(device),
            *duel_rows(device),
            *world_rows(device),
            one,
            two,
        ],
    }


def table(found: dict[str, Any]) -> str:
    """The document for people."""
    lines = [f"{'what':<46} {'lanes':>6} {'models':>7} {'days':>5} {'seconds':>10} {'per lane':>12} {'peak':>7}"]
    for each in found["rows"]:
        lines.append(
            f"{each['what']:<46} {each['lanes']:>6} {each['miners']:>7} {each['days'] or '':>5} "
            f"{each['seconds']:>10.6f} {each['per_lane_ms']:>9.4f} ms {each['peak_mb']:>4.0f} MB {_beside(each)}"
        )
        if "shares" in each:
            lines.append("    " + ", ".join(f"{name} {share:.0%}" for name, share in each["shares"].items()))
    return "\n".join(lines)


def _beside(each: dict[str, Any]) -> str:
    """What a row says beside its time: how many times another row's it is, and what is allowed."""
    said = f"{each['ratio']:>6.2f} times" if "ratio" in each else ""
    if "allowed_ratio" in each:
        said += f", allowed {each['allowed_ratio']:g}"
    if "allowed_ms" in each:
        allowed, took = each["allowed_ms"], 1e3 * each["seconds"]
        said += f"class {each['class']:<2} {took:>6.2f} of {allowed:g} ms{'' if took <= allowed else ': more'}"
    return said


def chain(models: int, lanes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The worst case of a pool, all competitive: every later model better by 0.08 %. Loss, block, epsilon, floor."""
    loss = 3.0 * 0.9992 ** np.arange(models)
    block = 100.0 * np.arange(models)
    shape = (models, lanes)
    losses, blocks = (np.broadcast_to(v[:, None], shape).copy() for v in (loss, block))
    return losses, blocks, np.full(shape, 0.0001), np.full(lanes, 0.0001)


def kernel_row(models: int, lanes: int) -> dict[str, Any]:
    """Filter, wins, win rate and softmax of one pool."""
    loss, block, epsilon, floor = chain(models, lanes)
    seconds = best_of(50, lambda: judge(loss, block, epsilon, floor))
    return row("pool: filter, wins, softmax; all competitive", lanes, models, None, seconds)


def race_row(policies: int, worlds: int, days: int) -> dict[str, Any]:
    """A whole race with one submission a day, noise on, in one process."""
    lanes = [Lane(str(i), build(names()[i % len(names())])) for i in range(policies)]
    race = _race(days)
    started = time.perf_counter()
    Replay(race, lanes, Setting(tail_days=0.0), 0, range(worlds)).run()
    seconds = time.perf_counter() - started
    return row(f"race: {policies} policies x {worlds} noise seeds", policies * worlds, len(race), days, seconds)


def _race(days: int) -> Race:
    rng = stream(0, "bench")
    block = np.sort(rng.integers(1, days * BLOCKS_PER_DAY, days - 1))
    block = np.concatenate([[0], block])
    loss = 3.4 * np.exp(-np.cumsum(rng.exponential(0.003, days)))
    return Race(
        "bench", "nats", block, tuple(f"m{i % 12}" for i in range(days)), loss, np.full(days, np.nan), ((),) * days
    )
