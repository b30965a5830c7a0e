"""The sniper."""

from math import inf, log1p

from policies.base import blocks
from sim.miners.strategies._judgement import is_news, standard_error, standard_errors
from sim.miners.strategy import Decision, Strategy, View


class Sniper(Strategy):
    """Hides a model until the decay makes it win, and commits it so that it is evaluated right after the crossing.

    A model of gain g wins when `bar(age) <= g - z error`. Under linear decay that is at the age
    `T (eps0 - e) / (eps0 - eps1)` and under exponential decay at `tau ln((eps0 - eps1) / (e - eps1))`, where `e` is
    `1 - exp(-(g - z error))`; it reads that off the policy itself. Committed before the crossing, the model would only
    inform its rivals; after it, waiting only risks the crown. A model that will cross without more work is not worked
    on: the decay does the rest.

    It should pay where epsilon decays fast, and never under a fixed one. Not honest: it lives on the decay, and stops
    training as soon as that is enough.
    """

    about = "hides a model until the decayed bar is below its gain, and trains only until it will be"
    source = "coldint.io 2025-07 on sniping"

    z = standard_errors("how far below the gain the bar must be", 1.5)
    # 250 blocks of delay and a window of 150
    lead_blocks = blocks("time from a commitment to its evaluation", 400, (0, 1800), low=0)

    def decide(self, view: View) -> Decision:
        """Submit where the bar at the time of the evaluation is passed."""
        sd = standard_error(view)
        sure = view.gain - self.z * sd
        bar = -log1p(-view.later(self.lead_blocks))
        return Decision(
            submit=is_news(view, view.gain, sd) and not view.king and sure >= bar,
            train=sure < view.lowest_bar or view.gain == inf,
        )
