"""C3.7: the seed lottery."""

from functools import cache
from statistics import NormalDist

import numpy as np

from policies.parameter import Parameter
from sim.miners.strategy import Decision, Strategy, View


class SeedLottery(Strategy):
    """Runs the last stretch again with other seeds, and commits the best of them if it would win.

    The best of N runs is `seed_sd E[max of N normals]` better than one run: 0.85, 1.54, 2.04 and 2.51 sd for 3, 10, 30
    and 100. He buys the runs when that is expected to lift his model over the bar, and again when they were in vain.

    Not honest: the gain is real, but it is luck, bought at N times the price, that teaches nothing about training.
    """

    about = "trains several seeds of the last stretch when the best of them is expected to pass the bar"
    source = "theory C1 and C3.7; modded-nanogpt run logs for the sd of seeds"

    runs = Parameter("seeds that are trained at once", "runs", 1, 1000, 10, (2, 100), "integer")

    def decide(self, view: View) -> Decision:
        """Buy where the best of the runs is expected to pass the bar, and nothing that might win is committed."""
        bar = view.bar
        hope = view.gain + best_of(int(self.runs)) * view.seed_sd
        idle = view.live_gain < bar  # -inf without a model, NaN while it awaits its evaluation
        return Decision(submit=view.active & ~view.king & idle & (hope > bar), runs=int(self.runs), least=bar)


@cache
def best_of(runs: int) -> float:
    """Mean of the largest of so many standard normal numbers: the integral of `x dF(x)^runs`."""
    x = np.linspace(-9.0, 9.0, 3601)
    below = np.array([NormalDist().cdf(value) for value in x]) ** runs
    return float(np.sum((x[1:] + x[:-1]) / 2.0 * np.diff(below)))
