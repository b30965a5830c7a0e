"""The self-dethroner."""

from math import inf

from policies.base import blocks
from sim.miners.strategies._judgement import is_news, standard_error
from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision, View


class SelfDethroner(Honest):
    """Honest until it is king; then it beats itself by just over the bar, to be protected like new.

    The decay begins again for the price of the bar at that time, which is least at the floor. It does so not more
    often than every `rest_blocks`, and shows no more of its stock than it takes.

    It should pay where the floor is low and rivals are near. Not honest: as king it publishes as little as possible.
    """

    about = "honest as a challenger; as king it refreshes the clock by beating itself by just over the bar"
    source = "this project"
    honest = False

    rest_blocks = blocks("time between two commitments of a king", 7_200, (360, 50_400))

    def decide(self, view: View) -> Decision:
        """Submit where the gain passes the bar with certainty; as king rested, and only that much."""
        sd = standard_error(view)
        step = view.bar + self.quantile * sd
        rested = not view.king or view.live_age >= self.rest_blocks
        submit = is_news(view, view.gain, sd) and rested and view.gain > step
        return Decision(submit=submit, offer=step if view.king else inf)
