"""The miner chooses its protection, and pays for it."""

from policies.base import Parameter, Policy, blocks, end_epsilon, start_epsilon
from policies.seen import Seen


def _fee(default: float) -> Parameter:
    return Parameter("share of its pay that a miner gives up for it", "1", 0.0, 0.99, default, (0.0, 0.5))


class ProtectionMenu(Policy):
    """Up to three options by rising `start`, each a straight line from there to the common `end` for a `fee`.

    A miner chooses with each model that it commits. As long as that model stands, its pay is multiplied by `1 - fee`.
    What it gives up is burned: among others it would pay them for being beaten. Where nobody chooses, as in races, all
    models have the first option.
    """

    formula = "start_i - min(age / decay_i, 1) * (start_i - end), i the option of the model; pay times 1 - fee_i"
    source = "Hopenhayn, Llobet and Mitchell 2006: the inventor chooses how far it is protected, for a fee"
    fails = "all miners value protection alike, so they tend to one option; a fee of a small prize buys a long block"
    state = "D+"
    stores = "the option of each model, in its commitment"
    rules = (("end", "<=", "start1"), ("start1", "<=", "start2"), ("start2", "<=", "start3"))

    options = Parameter("how many there are; those behind them do not count", "options", 1, 3, 2, (1, 3), "integer")
    end = end_epsilon()
    start1 = start_epsilon()
    decay1_blocks = blocks("time until full decay, option 1", 14_400)
    fee1 = _fee(0.0)
    start2 = start_epsilon(0.01)
    decay2_blocks = blocks("time until full decay, option 2", 36_000)
    fee2 = _fee(0.2)
    start3 = start_epsilon(0.02)
    decay3_blocks = blocks("time until full decay, option 3", 72_000)
    fee3 = _fee(0.4)

    @property
    def fees(self) -> tuple[float, ...]:
        """See `Policy.fees`."""
        return (self.fee1, self.fee2, self.fee3)[: int(self.options)]

    def shield(self, age: float, seen: Seen) -> float:
        """As `linear` has it, in the validators' order of operations."""
        start, decay_blocks = self.start1, self.decay1_blocks
        if self.options >= 2.0 and seen.option >= 1.0:
            start, decay_blocks = self.start2, self.decay2_blocks
        if self.options >= 3.0 and seen.option >= 2.0:
            start, decay_blocks = self.start3, self.decay3_blocks
        return start - min(age / decay_blocks, 1.0) * (start - self.end)
