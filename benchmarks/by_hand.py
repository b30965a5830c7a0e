"""Is the contest that is written by hand the same as the engine's, and how long does each take?

Both live through the same number of worlds with chance of their own, so means are compared, with their standard errors.

    .venv/bin/python benchmarks/by_hand.py [WORLDS]
"""

import sys
import time

import numpy as np

from experiments.bench.by_hand import ByHand, Epsilon, fixed, linear
from experiments.results.measure import measure
from policies import build
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

DAYS, MINERS = 60.0, 256


def by_hand(epsilon: Epsilon, worlds: int) -> dict[str, np.ndarray]:
    """What comes of contests by hand, `[worlds]` each."""
    found = [ByHand(epsilon, DAYS, MINERS, seed).run() for seed in range(worlds)]
    return {
        "crowns": np.array([1 + len(each.crowns) for each in found]),
        "submissions": np.array([each.submissions / DAYS for each in found]),
        "evaluations": np.array([each.evaluations / DAYS for each in found]),
        "final_loss": np.array([each.judged[each.king].loss for each in found]),
        "descent_area": np.array([each.area / DAYS for each in found]),
    }


def engine(policy: str, worlds: int) -> dict[str, np.ndarray]:
    """All metrics of the engine's worlds, `[worlds]` each."""
    world = World(Scenario(days=DAYS, miners=MINERS), [Lane(policy, build(policy))], 0, range(worlds))
    world.run()
    return measure(world)


def main(worlds: int) -> None:
    """Print means of both with their standard errors, and seconds a world."""
    for policy, epsilon in (("fixed", fixed), ("linear", linear)):
        engine(policy, 1)  # everything is compiled
        began = time.perf_counter()
        plain = by_hand(epsilon, worlds)
        half = time.perf_counter()
        ours = engine(policy, worlds)
        slow, quick = (half - began) / worlds, (time.perf_counter() - half) / worlds
        print(f"{policy}, {worlds} worlds of {MINERS} miners and {DAYS:g} days, seconds a world: by hand {slow:.3f}, "
              f"the engine {quick:.3f}")  # fmt: skip
        for name, values in plain.items():
            print(f"    {name:<13} by hand {_mean(values):>20}   the engine {_mean(ours[name]):>20}")


def _mean(values: np.ndarray) -> str:
    return f"{values.mean():.5g} +- {values.std(ddof=1) / len(values) ** 0.5:.2g}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)
