"""Miners as theory thinks of them: they follow one rule and want nothing."""

from experiments.theory.checks import STEP
from policies.arrays import Array
from sim.miners.strategy import Decision, Strategy, View


class Shows(Strategy):
    """Commits the model of every look, good or bad, unless he is king (theory D1 to D7)."""

    about = "commits every model that he draws"
    source = "theory D1 to D7"

    def decide(self, view: View) -> Decision:
        """A miner without a model cannot commit; the world sees to that."""
        return Decision(submit=~view.king, adopt=False)


class Improves(Strategy):
    """Commits a model only in place of a worse one, so that his best near-miss challenges again (theory D5)."""

    about = "commits what is better than his committed model"
    source = "theory D5, retries"

    def decide(self, view: View) -> Decision:
        """Without a committed model everything is better."""
        return Decision(submit=~view.king & (view.gain > view.live_gain), adopt=False)


class Once(Strategy):
    """Commits one model and rests (theory D10, D13 and D15)."""

    about = "commits one model"
    source = "theory D10, D13 and D15"

    def decide(self, view: View) -> Decision:
        """At his first look, that is."""
        return Decision(submit=~view.live, adopt=False)


class RacesAfresh(Strategy):
    """Works on the king's model and commits what clears the bar; rests while he is king (theory C4 and D9)."""

    about = "works on the king's model and rests as king"
    source = "theory C4 and D9"

    def decide(self, view: View) -> Decision:
        """Whoever is behind a new king begins again from there."""
        return Decision(submit=~view.king & clears(view), train=~view.king)


class Spares(Strategy):
    """The same, but he shows no more improvements of C4 than the bar asks for (theory C4, schedules)."""

    about = "works on the king's model and shows what the bar asks for"
    source = "theory C4 and D9"

    def decide(self, view: View) -> Decision:
        """Their number is whole, as what he has found is."""
        asked = (view.xp.floor(view.bar / STEP) + 1.0) * STEP
        return Decision(submit=~view.king & clears(view), offer=asked, train=~view.king)


class RacesOn(Strategy):
    """The same, but as king he works on and dethrones himself (theory C4, concentration)."""

    about = "works on the king's model, his own too"
    source = "theory C4, concentration"

    def decide(self, view: View) -> Decision:
        """His own model counts as the king's."""
        return Decision(submit=clears(view))


class Slices(Strategy):
    """Commits a checkpoint that just clears the bar, as soon as he has one (theory D8)."""

    about = "commits just enough to be crowned"
    source = "theory D8; C3.4"

    def decide(self, view: View) -> Decision:
        """A hair more than the bar: at the bar itself the king stays."""
        return Decision(submit=~view.king & clears(view), offer=view.bar + HAIR, adopt=False)


HAIR = 1e-12
"""In log loss: more than rounding, less than anything that is measured."""


def clears(view: View) -> Array:
    """Whether the private model clears the bar."""
    return view.gain > view.bar
