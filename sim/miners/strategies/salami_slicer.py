"""The salami slicer."""

from sim.miners.strategies._judgement import standard_errors
from sim.miners.strategies.withholder import Withholder, needs_slice, next_slice
from sim.miners.strategy import Decision, View


class SalamiSlicer(Withholder):
    """A withholder that waits for the bar to decay, and then publishes the thinnest slice that wins.

    A slice costs `bar(a)` of the stock, which is least at the floor: a stock x lasts for `floor(x / bar(floor))`
    slices, 50 times as many as at the start where epsilon falls from 0.005 to 0.0001. The price is the wait.

    It should pay where the floor is far below the start. Not honest: as the withholder.
    """

    about = "as the withholder, but waits until the bar has decayed to its floor and slices there"
    source = "this project"

    near = standard_errors("how near the floor the bar must be, in the validator's noise", 0.25, search=(0.0, 2.0))

    def decide(self, view: View) -> Decision:
        """The withholder's slice, where the advantage is near its floor."""
        step = view.bar + self.margin * view.noise
        ripe = view.epsilon <= view.floor + self.near * view.noise
        return Decision(submit=needs_slice(view, step) and ripe, offer=next_slice(view, step))
