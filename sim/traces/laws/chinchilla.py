"""The loss at the end of a run, `L(N, D) = E + A / N^a + B / D^b` (Hoffmann et al. 2022)."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Chinchilla:
    """One set of constants; all methods take numbers or arrays that broadcast.

    Attributes:
        entropy: E, nats per token that no model of the family can save.
        size_scale, size_exponent: A and a, with N in parameters.
        data_scale, data_exponent: B and b, with D in tokens.
        judged_on: the set that the losses are of.
        fitted_on: the runs behind the constants, and what counts as N.
        use: where they hold.
        rmse: of the fit in nats; NaN where it is not known.
        sizes, tokens_range: smallest and largest N and D of the runs.
    """

    entropy: float
    size_scale: float
    size_exponent: float
    data_scale: float
    data_exponent: float
    judged_on: str = ""
    fitted_on: str = ""
    use: str = ""
    rmse: float = np.nan
    sizes: tuple[float, float] = (0.0, np.inf)
    tokens_range: tuple[float, float] = (0.0, np.inf)

    def floor(self, parameters: Any) -> Any:
        """The loss of a size after endless training, nats per token."""
        return self.entropy + self.size_scale * np.asarray(parameters, dtype=float) ** -self.size_exponent

    def loss(self, parameters: Any, tokens: Any) -> Any:
        """Nats per token after `tokens` tokens."""
        return self.floor(parameters) + self.data_scale * np.asarray(tokens, dtype=float) ** -self.data_exponent

    def tokens(self, parameters: Any, loss: Any) -> Any:
        """The tokens that a size needs for a loss, the law solved for D; inf at its floor and below."""
        above = np.maximum(np.asarray(loss, dtype=float) - self.floor(parameters), 0.0)
        with np.errstate(divide="ignore"):
            return (self.data_scale / above) ** (1.0 / self.data_exponent)

    def outside(self, parameters: float, tokens: float) -> list[str]:
        """Sentences about how far a run lies outside the runs of the fit; none inside."""
        found = []
        for what, value, (low, high) in (("parameters", parameters, self.sizes), ("tokens", tokens, self.tokens_range)):
            if not low <= value <= high:
                found.append(f"{value:.3g} {what}: the constants were fitted between {low:.3g} and {high:.3g}")
        return found
