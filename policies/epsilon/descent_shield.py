"""A larger gain is protected for longer."""

from policies.base import Parameter, Policy, blocks, end_epsilon
from policies.numbers import clamp, finite_or, halving
from policies.seen import Seen


class DescentShield(Policy):
    """An advantage in proportion to the improvement that made the king, so that reigns grow with what they brought.

    Without decay (a half-life of 0) a reign against a steady frontier lasts kappa * gain / pace: cutting a gain into
    slices earns the same in all. The measured gain of a winner is on average too large, because luck selects it; where
    the standard error s is known, the gain is shrunk by (s / gain)^2.
    """

    formula = "clip(kappa * gain * max(1 - (s / gain)^2, 0), end, most) * 2^(-age / half_life_blocks)"
    source = "catalogue of steepest; shrinkage: James and Stein 1961, positive part"
    fails = "without decay, kappa above 1 asks for ever larger steps; with it, nothing is left in the end"
    state = "D+"
    stores = "each king's measured gain at its crown, and its standard error where there is one"
    rules = (("end", "<=", "most"),)

    kappa = Parameter("advantage per gain", "1", 0.0, 100.0, 1.0, (0.25, 4.0), "log")
    end = end_epsilon()
    most = Parameter("largest advantage", "fraction of loss", 0.0, 0.99, 0.02, (5e-3, 5e-2), "log")
    half_life_blocks = blocks("time in which it halves; 0: never", 14_400, (600, 100_800), low=0)

    def shield(self, age: float, seen: Seen) -> float:
        """A model that was never king has no gain, so its advantage starts at `end`."""
        gain = max(finite_or(seen.gain, 0.0), 1e-12)
        error = min(finite_or(seen.error, 0.0), 1.0)
        level = clamp(self.kappa * (gain - error * error / gain), self.end, self.most)
        return level * halving(age, self.half_life_blocks)
