"""C3.10: the self-dethroner."""

from math import inf

from policies.parameter import blocks
from sim.miners.strategies._judgement import error, news, normal_quantile
from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision, View


class SelfDethroner(Honest):
    """Honest until he is king; then he beats himself by just over the bar, to be protected like new.

    The decay begins again for the price of the bar at that time, which is least at the floor. He does it not more
    often than every `rest_blocks`, and shows no more of his stock than it takes.

    Not honest: what he publishes as king is as little as possible.
    """

    about = "honest as a challenger; as king he refreshes the clock by beating himself by just over the bar"
    source = "theory C3.10; sn9-mechanism E, P6"
    honest = False

    rest_blocks = blocks("time between two commitments of a king", 7_200, (360, 50_400))

    def decide(self, view: View) -> Decision:
        """Submit where the gain passes the bar with certainty; as king rested, and only that much."""
        sd = error(view)
        step = view.bar + normal_quantile(self.certainty) * sd
        rested = ~view.king | (view.live_age >= self.rest_blocks)
        submit = news(view, view.gain, sd) & rested & (view.gain > step)
        return Decision(submit=submit, offer=view.xp.where(view.king, step, inf))
