"""The quick fine-tuner."""

from sim.miners.strategies._judgement import should_challenge, standard_errors
from sim.miners.strategy import Decision, Strategy, View


class QuickFineTuner(Strategy):
    """Commits every small step that the decay will carry over the bar, without waiting for the decay.

    What counts is the lowest bar and not today's: a near miss is looked at again as the bar falls, and the earlier
    commitment has the advantage over every later one. `margin` keeps steps out that are nothing but noise.

    It should pay where epsilon decays to a low floor. Honest: every step makes the loss fall, and none is held back;
    they are small because the floor allows it.
    """

    about = "commits every small step above the lowest bar at once, and lets the decay carry it over today's"
    source = "this project: SN9's validators evaluate a near miss again once the bar has fallen below it"
    honest = True

    margin = standard_errors("how far above the lowest bar a step must be", 0.5)

    def decide(self, view: View) -> Decision:
        """Submit where the gain passes the lowest bar."""
        return Decision(submit=should_challenge(view, view.lowest_bar, self.margin))
