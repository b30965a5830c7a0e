"""The copycat."""

from math import inf, sqrt

from policies.base import Parameter, blocks
from policies.numbers import normal_quantile
from sim.miners.strategy import Decision, Strategy, View


class Copycat(Strategy):
    """Commits the king's own model with a random perturbation: a lottery ticket that costs no training.

    A perturbation of relative size s adds `h s^2 / 2` to the loss and `kappa s` of paired noise, so it wins with the
    chance `Phi(-(eps + h s^2 / 2) / (kappa s))`. That is largest at `s* = sqrt(2 eps / h)`, where it is
    `p* = Phi(-sqrt(2 eps h) / kappa)`. It buys when `p*` has reached `chance`, and the next ticket when the last one
    has lost. Only sqrt(eps) is in the formula: it is the floor that decides its income, hardly the start.

    It should pay where the floor of epsilon is low against the noise. Not honest: true gains are below zero.
    """

    about = "commits the king's model, perturbed so that luck is most likely to carry it over the bar"
    source = "dippy subnet issue 71 (2024-10); pretraining PR 184 (2024-10-15); the best size is this project's"

    h = Parameter("loss that a perturbation adds, per half its square", "log loss", 1e-4, 1e4, 0.1, (0.01, 1.0), "log")
    kappa = Parameter("noise a perturbation adds, per its size", "log loss", 1e-6, 10.0, 0.005, (1e-3, 0.05), "log")
    chance = Parameter("chance to win at which a ticket is bought", "probability", 1e-6, 0.5, 0.02, (1e-3, 0.3), "log")
    rest_blocks = blocks("time between two tickets", 1800, (100, 14_400))

    worst: float

    def prepare(self) -> dict[str, float]:
        """The epsilon at which the chance to win is `chance`."""
        return {"worst": (self.kappa * normal_quantile(self.chance)) ** 2 / (2.0 * self.h)}

    def decide(self, view: View) -> Decision:
        """Buy a ticket where the last one has lost and epsilon is low enough."""
        lost = view.live_gain < view.epsilon  # -inf without a ticket, NaN while one is open
        rested = view.live_age >= self.rest_blocks
        ready = view.active and not view.king and view.gain < inf and lost and rested
        return Decision(
            submit=ready and view.epsilon <= self.worst,
            copy=True,
            perturbation=min(sqrt(view.epsilon * (2.0 / self.h)), 1.0),
            train=False,
        )
