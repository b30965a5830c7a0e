"""The trainer from scratch."""

from sim.miners.strategies._judgement import should_challenge
from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision, View


class FromScratch(Honest):
    """Begins without a public model, never takes over the king's, and submits as the honest one does.

    Its models are worth nothing until it has caught up; then it does not depend on what others publish.

    Honest: all of its loss is its own work.
    """

    about = "as the honest one, but begins from nothing and never from the king's model"
    source = "this project"
    from_scratch = True

    def decide(self, view: View) -> Decision:
        """As the honest one, without adopting."""
        return Decision(submit=should_challenge(view, view.bar, self.quantile), adopt=False)
