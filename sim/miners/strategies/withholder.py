"""C3.3: the withholder, or sandbagger."""

from sim.clock import BLOCKS_PER_DAY
from sim.miners.strategies._judgement import SURE, standard_errors
from sim.miners.strategy import Decision, Strategy, View


class Withholder(Strategy):
    """Keeps a stock of gain, and publishes only as much of it as takes the crown.

    Everybody trains on from the king, so a reign ends when rivals, at rate r, have passed the bar, `r a = bar(a)`,
    however far the king was ahead. A stock x therefore buys about `floor(x / bar)` reigns in slices, and one reign at
    once. He offers a checkpoint `margin` above the bar; as king he offers the next one when rivals are about to pass
    the bar before he looks again. When a slice was measured and lost, the next one is clearly better than that one.

    Not honest: the loss that others see lags behind what he has.
    """

    about = "keeps a stock and publishes a slice just above the bar, as king only when rivals are about to pass it"
    source = "theory C3.3; macrocosm-os/iota primer (arXiv 2507.17766) on hoarded models; coldint.io 2025-07"

    margin = standard_errors("how far above the bar a slice is, in the validator's noise", 1.0)

    def decide(self, view: View) -> Decision:
        """Offer the next slice where he is not king or would not stay so."""
        xp, bar = view.xp, view.bar
        step = bar + self.margin * view.noise
        clear = view.live_gain + SURE * view.noise  # NaN while unevaluated: nothing is above it
        late = view.rivals * (view.age + view.idle) > bar * BLOCKS_PER_DAY
        submit = view.active & (late | ~view.king) & (view.gain > step) & (view.gain > clear)
        return Decision(submit=submit, offer=xp.where(clear > step, clear, step))
