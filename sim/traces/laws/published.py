"""Scaling laws of the loss at the end of a run, `L(N, D) = E + A / N^a + B / D^b` (Hoffmann et al. 2022)."""

from dataclasses import dataclass
from functools import partial
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
    sizes: tuple[float, float] = (0.0, np.inf)  #: smallest and largest N of the runs that the constants were fitted on
    tokens_range: tuple[float, float] = (0.0, np.inf)  #: and D

    def floor(self, parameters: Any) -> Any:
        """The loss of a size after endless training, nats per token."""
        return self.entropy + self.size_scale * np.asarray(parameters, dtype=float) ** -self.size_exponent

    def loss(self, parameters: Any, tokens: Any) -> Any:
        """Nats per token after `tokens` tokens."""
        return self.floor(parameters) + self.data_scale * np.asarray(tokens, dtype=float) ** -self.data_exponent

    def warnings(self, parameters: float, tokens: float) -> list[str]:
        """A sentence for each number of a run that lies outside the runs of the fit."""
        numbers = (("parameters", parameters, self.sizes), ("tokens", tokens, self.tokens_range))
        return [
            f"{value:.3g} {what}: the constants were fitted between {low:.3g} and {high:.3g}"
            for what, value, (low, high) in numbers
            if not low <= value <= high
        ]


# 16 models of mlfoundations/scaling with at least 20 tokens per parameter; N counts non-embedding parameters, and the
# losses are on RefinedWeb with GPT-NeoX tokens
_open_lm = partial(Chinchilla, judged_on="refinedweb", sizes=(5.3e7, 6.7e9), tokens_range=(1.5e9, 4.7e11))
_massive_text = partial(Chinchilla, judged_on="massivetext", sizes=(7.0e7, 1.6e10), tokens_range=(5.0e9, 5.0e11))

LAWS = {  # E, A, a, B, b
    # Hoffmann et al. 2022, approach 3: over 400 models, recalled. It overstates what data are worth (see epoch)
    "hoffmann": _massive_text(1.69, 406.4, 0.34, 410.7, 0.28),
    # Besiroglu et al. 2024: 240 points read from Hoffmann's figure; standard errors 0.026, 124.5, 0.015, 1293, 0.021.
    # The better of the two for large models and many tokens of web text
    "epoch": _massive_text(1.8172, 482.01, 0.3478, 2085.43, 0.3658),
    # rmse 0.020 nats; models of the range that the fit has not seen came out within 0.06
    "refinedweb": _open_lm(1.868, 78.69, 0.2267, 358.4, 0.2891),
    # rmse 0.013 nats; unseen models within 0.03
    "redpajama": _open_lm(1.994, 207.6, 0.2959, 51.99, 0.1884),
    # rmse 0.034 nats; unseen models off by 0.02 to 0.19. Beyond the range take refinedweb and add 0.17
    "c4": _open_lm(1.655, 31.34, 0.1656, 182.2, 0.2518),
    # 21 runs of allenai/OLMo-ladder on Dolma, judged on C4; N is the tokens of the 1xC run / 20. rmse 0.020 nats; the
    # main runs of 7B and 13B came out 0.05 and 0.04 too low
    "olmo": Chinchilla(1.665, 38.5, 0.196, 35.4, 0.160, "c4-validation", (1.9e8, 3.2e9), (1.9e9, 3.2e11)),
}
"""The laws by what was trained on. Single constants are poorly determined: E, A and B trade off against each other."""


def law(name: str) -> Chinchilla:
    """The constants of that name.

    Raises:
        InputError: there is no such set.
    """
    if name not in LAWS:
        raise InputError(f"no scaling law is called {name!r}; {nearest(name, LAWS)}", ("dataset",))
    return LAWS[name]
