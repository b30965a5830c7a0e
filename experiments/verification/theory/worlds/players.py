"""Strategies that the closed forms assume: each follows one simple rule, whatever it costs or earns."""

from experiments.verification.theory.checks import STEP
from policies.base import Parameter
from policies.numbers import floor
from sim.miners.strategy import Decision, Strategy, View


class Shows(Strategy):
    """Commits the model of every look, good or bad, unless it is king: a crowd that only draws."""

    about = "commits every model that it draws"
    source = "the theory of records"

    def decide(self, view: View) -> Decision:
        """A miner without a model cannot commit; the world skips it."""
        return Decision(submit=not view.king, adopt=False)


class Improves(Strategy):
    """Commits a model only in place of a worse one, so that its best near-miss challenges again."""

    about = "commits what is better than its committed model"
    source = "the theory of records, with retries"

    def decide(self, view: View) -> Decision:
        """Without a committed model everything is better."""
        return Decision(submit=not view.king and view.gain > view.live_gain, adopt=False)


class Once(Strategy):
    """Commits one model and rests."""

    about = "commits one model"
    source = "closed forms of one evaluation, of its average and of an attack"

    def decide(self, view: View) -> Decision:
        """It commits at its first look with a model."""
        return Decision(submit=not view.live, adopt=False)


class RacesAfresh(Strategy):
    """Works on the king's model and commits what clears the bar; rests while it is king."""

    about = "works on the king's model and rests as king"
    source = "the theory of races"

    def decide(self, view: View) -> Decision:
        """A miner that is behind a new king starts again from the king's model."""
        return Decision(submit=not view.king and clears(view), train=not view.king)


class Spares(Strategy):
    """Like `RacesAfresh`, but commits no more improvements than the bar asks for."""

    about = "works on the king's model and shows what the bar asks for"
    source = "the theory of races"

    def decide(self, view: View) -> Decision:
        """It offers a whole number of improvements, because it finds them whole."""
        asked = (floor(view.bar / STEP) + 1.0) * STEP
        return Decision(submit=not view.king and clears(view), offer=asked, train=not view.king)


class RacesOn(Strategy):
    """Like `RacesAfresh`, but as king it works on and dethrones itself."""

    about = "works on the king's model, its own too"
    source = "the theory of races, concentration"

    def decide(self, view: View) -> Decision:
        """Its own model counts as the king's."""
        return Decision(submit=clears(view))


class Bides(Strategy):
    """Like `RacesAfresh`, but waits until the bar has fallen to where work pays."""

    about = "works on the king's model once the bar is low"
    source = "the theory of falling bars under free entry"

    most = Parameter("bar up to which it works", "log loss", 0.0, 1.0, 0.001, (0.0, 1.0))

    def decide(self, view: View) -> Decision:
        """It shows nothing before either: ideas on the last king's model are not tried again."""
        works = not view.king and view.bar <= self.most
        return Decision(submit=works and clears(view), train=works)


class Copies(Strategy):
    """Commits a perturbed copy of the king's model now and then, and never works."""

    about = "copies the king by lot"
    source = "the theory of leakage"

    chance = Parameter("chance that it commits a copy at a look", "1", 0.0, 1.0, 0.1, (0.0, 1.0))
    luck = Parameter("relative size of the perturbation, and of its noise", "1", 0.0, 1.0, 0.1, (0.0, 1.0))

    def decide(self, view: View) -> Decision:
        """Its random number decides."""
        tries = not view.king and view.draw < self.chance
        return Decision(submit=tries, copy=True, perturbation=self.luck, train=False)


class Slices(Strategy):
    """Commits a checkpoint that just clears the bar, as soon as it has one, and no more."""

    about = "commits just enough to be crowned"
    source = "the theory of a stall: a power law under a fixed margin"

    def decide(self, view: View) -> Decision:
        """It offers `HAIR` more than the bar, because at the bar itself the king stays."""
        return Decision(submit=not view.king and clears(view), offer=view.bar + HAIR, adopt=False)


HAIR = 1e-12
"""In log loss: more than rounding, less than anything that is measured."""


def clears(view: View) -> bool:
    """Whether the private model clears the bar."""
    return view.gain > view.bar
