"""How fast simulated worlds are: lanes side by side, beside the same contest by hand, and worlds in processes."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from experiments.bench.by_hand import ByHand, fixed
from experiments.bench.row import best_of, peak, row
from policies import build, names
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

DAYS, MINERS, LANES = 60.0, 256, (1, 128, 1024)
REPEATS = 3
"""Runs of what takes less than a second; the quickest counts."""


def world_rows(lanes: tuple[int, ...] = LANES, days: float = DAYS, miners: int = MINERS) -> list[dict[str, Any]]:
    """A world with ever more lanes, each in a process of its own, for the memory."""
    return [_alone(lanes_row, count, days, miners) for count in lanes]


def lanes_row(lanes: int, days: float = DAYS, miners: int = MINERS) -> dict[str, Any]:
    """One world with so many lanes, drawn and run; what is compiled before does not count.

    By hand: the contest of one policy in SimPy, measured in this process right after, times the lanes.
    """
    panel = shelf_lanes(lanes)
    World(Scenario(days=1.1, miners=8), panel, 0, [0]).run()  # everything is compiled, or loaded
    scenario = Scenario(days=days, miners=miners)
    repeats = REPEATS if lanes == 1 else 1
    seconds = best_of(repeats, lambda: World(scenario, panel, 0, [0]).run())
    held = peak()
    by_hand = best_of(REPEATS, lambda: ByHand(fixed, days, miners).run())
    what = "world: fixed" if lanes == 1 else "world: the whole shelf"
    return row(what, lanes, miners, days, seconds, steps=scenario.steps, by_hand=lanes * by_hand, peak_mb=held)


def worker_rows(worlds: int = 16, lanes: int = 32, days: float = 10.0) -> list[dict[str, Any]]:
    """Worlds in one process and in two; the second row's `ratio` is to the first, so 0.5 is the best there is."""
    one, two = (workers_row(workers, worlds, lanes, days) for workers in (1, 2))
    return [one, two | {"ratio": two["seconds"] / one["seconds"]}]


def workers_row(workers: int, worlds: int, lanes: int, days: float) -> dict[str, Any]:
    """Worlds in so many processes, which are there already: what `--workers` gains once it has begun."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for made in [pool.submit(_small, 0, lanes, 1.1) for _ in range(workers)]:  # everything is loaded
            made.result()
        started = time.perf_counter()
        for made in [pool.submit(_small, number, lanes, days) for number in range(worlds)]:
            made.result()
        seconds = time.perf_counter() - started
    what = f"workers: {worlds} worlds in {workers} process{'es' if workers > 1 else ''}"
    return row(what, worlds * lanes, MINERS, days, seconds, steps=Scenario(days=days).steps)


def shelf_lanes(count: int) -> list[Lane]:
    """So many lanes: `fixed`, then the rest of the shelf, then again from the beginning."""
    shelf = sorted(names(), key=lambda name: (name != "fixed", name))
    return [Lane(str(i), build(shelf[i % len(shelf)])) for i in range(count)]


def _small(number: int, lanes: int, days: float) -> None:
    World(Scenario(days=days, miners=MINERS), shelf_lanes(lanes), 0, [number]).run()


def _alone(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()
