"""The blocker, or spoiler."""

from policies.base import Parameter
from sim.miners.strategies._judgement import is_news
from sim.miners.strategy import Decision, Strategy, View


class Blocker(Strategy):
    """Places a model that is built to lose narrowly to the king, in the way of the next miner that would beat the king.

    The near miss is better than the king by `share` of the bar. A challenger that passes the bar must then pass this
    model too, which is young and has its full advantage. Above the lowest bar it is competitive: king beats near miss,
    near miss beats challenger, challenger beats king, and each gets a third. Below it, as under a fixed epsilon, it
    gets nothing, but the challenger is filtered out and the king stays. Where its best would win, it takes the crown.

    It should pay where epsilon decays: a third of the crown. Not honest: the near miss only takes from others.
    """

    about = "places a near miss, part of the way to the bar, that ties with or blocks the next challenger"
    source = "this project: SN9 lets three models beat each other in a circle"

    share = Parameter("how far up to the bar the near miss is", "share of the bar", 0.01, 0.99, 0.6, (0.3, 0.95))

    def decide(self, view: View) -> Decision:
        """A near miss where it has one to give, its best where that would win."""
        near = self.share * view.bar
        offer = view.gain if view.gain > view.bar + view.noise else near
        return Decision(submit=is_news(view, offer, view.noise) and not view.king and view.gain >= near, offer=offer)
