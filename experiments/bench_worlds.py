"""How fast simulated worlds are: lanes side by side, and worlds spread over processes."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from experiments.bench_row import row
from policies import build, names
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

DAYS, MINERS = 60.0, 256


def world_rows(device: str, lanes: tuple[int, ...] = (1, 128, 1024)) -> list[dict[str, Any]]:
    """A world of 256 miners and 60 days with ever more lanes, each row in a process of its own, for the memory."""
    rows = [_alone(lanes_row, count, device) for count in lanes]
    for found in rows:
        found["ratio"] = found["seconds"] / rows[0]["seconds"]
    return rows


def lanes_row(lanes: int, device: str = "numpy", days: float = DAYS, miners: int = MINERS) -> dict[str, Any]:
    """One world with so many lanes: policies of all families, defaults otherwise."""
    world = World(Scenario(days=days, miners=miners), _panel(lanes), 0, [0], device)
    started = time.perf_counter()
    world.run()
    seconds = time.perf_counter() - started
    found = row("world: default miners, a step every 30 minutes", lanes, miners, int(days), seconds, device)
    found["shares"] = {name: spent / seconds for name, spent in world.seconds.items()}
    found["shares"]["clock"] = 1.0 - sum(found["shares"].values())
    return found


def workers_row(workers: int, worlds: int = 8, lanes: int = 16) -> dict[str, Any]:
    """Worlds in so many processes, which are there already: what `--workers` gains once it has begun."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        list(pool.map(_small, [-1] * workers))  # everything is imported
        started = time.perf_counter()
        list(pool.map(_small, range(worlds)))
        seconds = time.perf_counter() - started
    found = row(f"{worlds} worlds in {workers} process{'es' if workers > 1 else ''}", lanes, MINERS, 10, seconds)
    found["worlds_per_second"] = worlds / seconds
    return found


def _small(number: int) -> None:
    days = 10.0 if number >= 0 else 0.1
    World(Scenario(days=days), _panel(16), 0, [max(number, 0)]).run()


def _panel(count: int) -> list[Lane]:
    return [Lane(str(i), build(names()[i % len(names())])) for i in range(count)]


def _alone(work: Any, *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()
