"""C3.1: the honest improver."""

from policies.parameter import Parameter
from sim.miners.strategy import Decision, Strategy, View


class Honest(Strategy):
    """Trains on from the best public model, and submits as soon as a model would win with some certainty.

    The certainty is `P(win) = Phi((gain - bar) / sqrt(doubt^2 + noise^2))`, with the doubt of the miner's own paired
    evaluation and the noise of the validator's.
    """

    about = "trains on from the king and submits once its chance to win is high enough"
    source = "theory C3.1"
    honest = True

    certainty = Parameter("chance to win at which to submit", "probability", 0.01, 0.999, 0.8, (0.5, 0.95))

    def decide(self, view: View) -> Decision:
        """Submit where the measured gain passes the bar by the margin that the certainty asks for."""
        return Decision(submit=~view.king & (view.gain > view.bar + self.margin(view)))

    def margin(self, view: View) -> object:
        """Gain above the bar that makes a win as certain as asked for."""
        from scipy.special import ndtri  # noqa: PLC0415 - once per call on a number

        return float(ndtri(self.certainty)) * view.xp.sqrt(view.doubt**2 + view.noise**2)
