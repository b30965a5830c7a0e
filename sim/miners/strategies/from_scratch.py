"""C3.12: the trainer from scratch."""

from dataclasses import replace

from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision, View


class FromScratch(Honest):
    """Begins with nobody's model, never takes over the king's, and submits as the honest one does.

    His models are worth nothing until he has caught up; then he does not depend on what others publish.

    Honest: all of his loss is his own work.
    """

    about = "as the honest one, but begins from nothing and never from the king's model"
    source = "theory C3.12"
    honest = True
    from_scratch = True

    def decide(self, view: View) -> Decision:
        """As the honest one, without adopting."""
        return replace(super().decide(view), adopt=False)
