"""C3.6 and C2: the copycat."""

from math import inf

from policies.parameter import Parameter, blocks
from sim.miners.strategies._judgement import normal_quantile
from sim.miners.strategy import Decision, Strategy, View


class Copycat(Strategy):
    """Commits the king's own model with a random perturbation: a lottery ticket that costs no training.

    A perturbation of relative size s adds `h s^2 / 2` to the loss and `kappa s` of paired noise, so it wins with the
    chance `Phi(-(eps + h s^2 / 2) / (kappa s))`. That is largest at `s* = sqrt(2 eps / h)`, where it is
    `p* = Phi(-sqrt(2 eps h) / kappa)`. He buys when `p*` has reached `chance`, and the next ticket when the last one
    has lost. Only sqrt(eps) is in the formula: it is the floor that decides his income, hardly the start.

    Not honest: true gains are below zero.
    """

    about = "commits the king's model, perturbed so that luck is most likely to carry it over the bar"
    source = "theory C2 and C3.6; dippy subnet issue 71 (2024-10); pretraining PR 184 (2024-10-15)"

    h = Parameter("loss that a perturbation adds, per half its square", "log loss", 1e-4, 1e4, 0.1, (0.01, 1.0), "log")
    kappa = Parameter("noise a perturbation adds, per its size", "log loss", 1e-6, 10.0, 0.005, (1e-3, 0.05), "log")
    chance = Parameter("chance to win at which a ticket is bought", "probability", 1e-6, 0.5, 0.02, (1e-3, 0.3), "log")
    rest_blocks = blocks("time between two tickets", 1800, (100, 14_400))

    def decide(self, view: View) -> Decision:
        """Buy a ticket where the last one has lost and epsilon is low enough."""
        xp = view.xp
        worst = (self.kappa * normal_quantile(self.chance)) ** 2 / (2.0 * self.h)  # where p* is `chance`
        lost = view.live_gain < view.epsilon  # -inf without a ticket, NaN while one is open
        best = xp.sqrt(view.epsilon * (2.0 / self.h))
        ready = view.active & ~view.king & (view.gain < inf) & lost & (view.live_age >= self.rest_blocks)
        return Decision(
            submit=ready & (view.epsilon <= worst),
            copy=True,
            perturbation=xp.where(best < 1.0, best, 1.0),
            train=False,
        )
