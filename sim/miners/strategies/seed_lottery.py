"""The seed lottery."""

from functools import cache
from statistics import NormalDist

import numpy as np

from policies.base import Parameter
from sim.miners.strategy import Decision, Strategy, View


class SeedLottery(Strategy):
    """Runs the last stretch again with other seeds, and commits the best of them if it would win.

    The best of N runs is `seed_sd E[max of N normals]` better than one run: 0.85, 1.54, 2.04 and 2.51 sd for 3, 10, 30
    and 100. It buys the runs when that is expected to lift its model over the bar, and again when they were in vain.

    It should pay where the bar is a few sd of a seed and runs are cheap. Not honest: the gain is real, but it is luck,
    bought at N times the price, that teaches nothing about training.
    """

    about = "trains several seeds of the last stretch when the best of them is expected to pass the bar"
    source = "this project; modded-nanogpt run logs for the sd of seeds"

    runs = Parameter("seeds that are trained at once", "runs", 1, 1000, 10, (2, 100), "integer")

    lift: float

    def prepare(self) -> dict[str, float]:
        """How many sd of a seed the best of the runs is expected to be above one run."""
        return {"lift": mean_of_best(int(self.runs))}

    def decide(self, view: View) -> Decision:
        """Buy where the best of the runs is expected to pass the bar, and nothing that might win is committed."""
        hope = view.gain + self.lift * view.seed_sd
        idle = view.live_gain < view.bar  # -inf without a model, NaN while it awaits its evaluation
        submit = view.active and not view.king and idle and hope > view.bar
        return Decision(submit=submit, runs=self.runs, least=view.bar)


@cache
def mean_of_best(runs: int) -> float:
    """Mean of the largest of so many standard normal numbers: the integral of `x dF(x)^runs`."""
    x = np.linspace(-9.0, 9.0, 3601)
    below = np.array([NormalDist().cdf(value) for value in x]) ** runs
    return float(np.sum((x[1:] + x[:-1]) / 2.0 * np.diff(below)))
