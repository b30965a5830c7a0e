"""Scaling laws of the loss at the end of a run, `L(N, D) = E + A / N^a + B / D^b` (Hoffmann et al. 2022)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from policies.errors import InputError, nearest


@dataclass(frozen=True)
class Chinchilla:
    """One set of constants; all methods take numbers or arrays that broadcast."""

    entropy: float  #: E, nats per token that no model of the family can save
    size_scale: float  #: A
    size_exponent: float  #: a, with N in parameters
    data_scale: float  #: B
    data_exponent: float  #: b, with D in tokens
    judged_on: str = ""  #: the set that the losses are of
    fitted_on: str = ""  #: the runs behind the constants, and what counts as N
    use: str = ""  #: where they hold
    rmse: float = np.nan  #: of the fit in nats; NaN where it is not known
    sizes: tuple[float, float] = (0.0, np.inf)  #: smallest and largest N of the runs
    tokens_range: tuple[float, float] = (0.0, np.inf)  #: and D

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
        known = (("parameters", parameters, self.sizes), ("tokens", tokens, self.tokens_range))
        return [
            f"{value:.3g} {what}: the constants were fitted between {low:.3g} and {high:.3g}"
            for what, value, (low, high) in known
            if not low <= value <= high
        ]


NUMBERS = {
    # E, A, a, B, b
    "hoffmann": (1.69, 406.4, 0.34, 410.7, 0.28),
    "epoch": (1.8172, 482.01, 0.3478, 2085.43, 0.3658),
    "refinedweb": (1.868, 78.69, 0.2267, 358.4, 0.2891),
    "redpajama": (1.994, 207.6, 0.2959, 51.99, 0.1884),
    "c4": (1.655, 31.34, 0.1656, 182.2, 0.2518),
    "olmo": (1.665, 38.5, 0.196, 35.4, 0.160),
}
_MLF = (
    "16 models of mlfoundations/scaling, 53M to 6.7B non-embedding parameters (N), at least 20 tokens per parameter, "
    "judged on RefinedWeb (GPT-NeoX tokens), trained on "
)
FITTED_ON = {
    "hoffmann": "Hoffmann et al. 2022, approach 3: over 400 models, 70M to 16B, on MassiveText; recalled",
    "epoch": "Besiroglu et al. 2024: 240 points read from Hoffmann's figure; errors 0.026, 124.5, 0.015, 1293, 0.021",
    "refinedweb": _MLF + "RefinedWeb",
    "redpajama": _MLF + "RedPajama",
    "c4": _MLF + "C4",
    "olmo": "21 runs of allenai/OLMo-ladder, 190M to 3.2B (N: the tokens of the 1xC run / 20), Dolma, judged on C4",
}
USE = {
    "hoffmann": "comparison with the literature; overstates what data are worth (see epoch)",
    "epoch": "large models and many tokens of web text; the better of the two MassiveText sets",
    "refinedweb": "inside the range of the fit; models it has not seen came out within 0.06 nats",
    "redpajama": "inside the range of the fit; models it has not seen came out within 0.03 nats",
    "c4": "only inside the range (unseen models off by 0.02 to 0.19): beyond it, take refinedweb and add 0.17",
    "olmo": "inside the range of the fit; the 7B and 13B main runs came out 0.05 and 0.04 nats too low",
}
RMSE = {"refinedweb": 0.020, "redpajama": 0.013, "c4": 0.034, "olmo": 0.020}
JUDGED_ON = {"hoffmann": "massivetext", "epoch": "massivetext", "olmo": "c4-validation"}
RANGES = {
    # parameters, tokens
    "hoffmann": ((7.0e7, 1.6e10), (5.0e9, 5.0e11)),
    "epoch": ((7.0e7, 1.6e10), (5.0e9, 5.0e11)),
    "olmo": ((1.9e8, 3.2e9), (1.9e9, 3.2e11)),
}
_MLF_RANGE = ((5.3e7, 6.7e9), (1.5e9, 4.7e11))

LAWS = {
    name: Chinchilla(
        *constants,
        JUDGED_ON.get(name, "refinedweb"),
        FITTED_ON[name],
        USE[name],
        RMSE.get(name, float("nan")),
        *RANGES.get(name, _MLF_RANGE),
    )
    for name, constants in NUMBERS.items()
}
"""The laws by name. Single constants are poorly determined: E, A and B trade off against each other."""


def law(name: str) -> Chinchilla:
    """The constants of that name.

    Raises:
        InputError: there is no such set.
    """
    if name not in LAWS:
        raise InputError(f"no scaling law is called {name!r}; {nearest(name, LAWS)}", ("dataset",))
    return LAWS[name]
