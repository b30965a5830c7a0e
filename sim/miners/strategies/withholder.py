"""The withholder, or sandbagger."""

from sim.clock import BLOCKS_PER_DAY
from sim.miners.strategies._judgement import clearly_better, standard_errors
from sim.miners.strategy import Decision, Strategy, View


class Withholder(Strategy):
    """Keeps a stock of gain, and publishes only as much of it as takes the crown.

    All miners train on from the king, so a reign ends when rivals, at rate r, have passed the bar, `r a = bar(a)`,
    however far the king was ahead. A stock x therefore buys about `floor(x / bar)` reigns in slices, and one reign at
    once. It offers a checkpoint `margin` above the bar; as king it offers the next one when rivals are about to pass
    the bar before it looks again. When a slice was measured and lost, the next one is clearly better than that one.

    It should pay while its stock is many times the bar. Not honest: the loss that others see lags behind what it has.
    """

    about = "keeps a stock and publishes a slice just above the bar, as king only when rivals are about to pass it"
    source = "macrocosm-os/iota primer (arXiv 2507.17766) on hoarded models; coldint.io 2025-07"

    margin = standard_errors("how far above the bar a slice is, in the validator's noise", 1.0)

    def decide(self, view: View) -> Decision:
        """Offer the next slice where it is not king or would not stay so."""
        step = view.bar + self.margin * view.noise
        return Decision(submit=needs_slice(view, step), offer=next_slice(view, step))


def needs_slice(view: View, step: float) -> bool:
    """Whether a miner needs a slice of at least `step`, and has one that is clearly better than its last."""
    late = view.rivals * (view.age + view.idle) > view.bar * BLOCKS_PER_DAY  # rivals pass the bar before its next look
    needed = late or not view.king
    return view.active and needed and view.gain > step and view.gain > clearly_better(view, view.noise)


def next_slice(view: View, step: float) -> float:
    """The gain of the next slice: `step`, or what is clearly better than a slice that was measured and lost."""
    better = clearly_better(view, view.noise)  # NaN while the last one is unevaluated
    return better if better > step else step
