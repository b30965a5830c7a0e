"""The honest improver."""

from policies.base import Parameter
from policies.numbers import normal_quantile
from sim.miners.strategies._judgement import should_challenge
from sim.miners.strategy import Decision, Strategy, View


class Honest(Strategy):
    """Trains on from the best public model, and submits as soon as a model would win with some certainty.

    The chance to win is `Phi((gain - bar) / error)`, with `error^2 = doubt^2 + noise^2`: the doubt of the miner's own
    paired evaluation and the noise of the validator's. It submits once for every model: what it has committed is left
    alone until it was evaluated, and replaced only by a clearly better one. A king does not replace itself, because
    one hotkey holds one model.

    Honest: all of its income is for models that it believes to be better than the king by the margin asked for.
    """

    about = "trains on from the king and submits once its chance to win is high enough"
    source = "this project: what the rules ask of a miner"
    honest = True

    certainty = Parameter("chance to win at which to submit", "probability", 0.5, 0.999, 0.8, (0.5, 0.95))

    quantile: float

    def prepare(self) -> dict[str, float]:
        """The standard errors above the bar at which the chance to win is `certainty`."""
        return {"quantile": normal_quantile(self.certainty)}

    def decide(self, view: View) -> Decision:
        """Submit where the measured gain passes the bar by the margin that the certainty asks for."""
        return Decision(submit=should_challenge(view, view.bar, self.quantile))
