"""The publisher: shows whatever it has."""

from sim.miners.strategies._judgement import is_news
from sim.miners.strategy import Decision, Strategy, View


class Publisher(Strategy):
    """Commits every model that is better than the one it has committed, whether or not it can win.

    The miner of a public leaderboard, and of the theory of records, where each shows one model.

    Honest: it trains, and hides nothing.
    """

    about = "commits every model that is better than its committed one, whether or not it can win"
    source = "the theory of records; Lemus and Marshall, JPE 2021"
    honest = True

    def decide(self, view: View) -> Decision:
        """Commit what is clearly better than the committed model, as king too."""
        return Decision(submit=is_news(view, view.gain, view.noise))
