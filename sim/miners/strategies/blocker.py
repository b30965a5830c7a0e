"""C3.8: the blocker, or spoiler."""

from policies.parameter import Parameter
from sim.miners.strategies._judgement import news
from sim.miners.strategy import Decision, Strategy, View


class Blocker(Strategy):
    """Places a model that is built to lose narrowly to the king, in the way of whoever beats the king later.

    The near miss is better than the king by `share` of the bar. A challenger who passes the bar must then pass this
    model too, which is young and has its full advantage. Above the lowest bar it is competitive: king beats near miss,
    near miss beats challenger, challenger beats king, and each gets a third. Below it, as under a fixed epsilon, it
    gets nothing, but the challenger is filtered out and the king stays. Where his best would win, he takes the crown.

    Not honest: the near miss is there for what it takes from others.
    """

    about = "places a near miss, part of the way to the bar, that ties with or blocks the next challenger"
    source = "theory 0.6 and C3.8; sn9-mechanism D and E, P1"

    share = Parameter("how far up to the bar the near miss is", "share of the bar", 0.01, 0.99, 0.6, (0.3, 0.95))

    def decide(self, view: View) -> Decision:
        """A near miss where he has one to give, his best where that would win."""
        bar = view.bar
        near = self.share * bar
        offer = view.xp.where(view.gain > bar + view.noise, view.gain, near)
        return Decision(submit=news(view, offer, view.noise) & ~view.king & (view.gain >= near), offer=offer)
