"""C3.1: the honest improver."""

from policies.parameter import Parameter
from sim.miners.strategies._judgement import error, news, normal_quantile
from sim.miners.strategy import Decision, Strategy, View


class Honest(Strategy):
    """Trains on from the best public model, and submits as soon as a model would win with some certainty.

    The chance to win is `Phi((gain - bar) / error)`, with `error^2 = doubt^2 + noise^2`: the doubt of the miner's own
    paired evaluation and the noise of the validator's. He submits once for every model: what he has committed is left
    alone until it was evaluated, and replaced only by a clearly better one. A king does not replace himself, because
    one hotkey holds one model.

    Honest: all of his income is for models that he believes to be better than the king by the margin asked for.
    """

    about = "trains on from the king and submits once its chance to win is high enough"
    source = "theory C3.1"
    honest = True

    certainty = Parameter("chance to win at which to submit", "probability", 0.5, 0.999, 0.8, (0.5, 0.95))

    def decide(self, view: View) -> Decision:
        """Submit where the measured gain passes the bar by the margin that the certainty asks for."""
        sd = error(view)
        wins = view.gain > view.bar + normal_quantile(self.certainty) * sd
        return Decision(submit=news(view, view.gain, sd) & ~view.king & wins)
