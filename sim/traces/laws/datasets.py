"""Trained on one set, judged on another: differences of models of equal size and tokens.

All numbers are computed from mlfoundations/scaling a003c4913793 (models.csv: 79 models, 5.7M to 6.7B non-embedding
parameters, open_lm, GPT-NeoX tokens).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from policies.errors import InputError, nearest


@dataclass(frozen=True)
class Shift:
    """Loss of models trained on a set minus that of models trained on RefinedWeb, both judged on one set."""

    nats: float  #: mean over the pairs
    sd: float  #: over the pairs
    pairs: int
    per_decade: float  #: how it moves with ten times the compute: towards 0 where the sign is the other one
    per_decade_error: float  #: standard error of that


JUDGES = {
    "refinedweb": "paloma_falcon-refinedweb",
    "c4-validation": "c4_val",
    "c4-paloma": "paloma_c4_en",
    "redpajama": "paloma_redpajama",
    "code": "paloma_dolma_100_programing_languages",
}
"""The sets that models are judged on, with their names in models.csv; code is a hundred programming languages."""

SHIFTS = {
    ("c4", "refinedweb"): Shift(0.174, 0.044, 18, -0.014, 0.008),
    ("c4", "c4-validation"): Shift(-0.066, 0.046, 18, -0.030, 0.005),
    ("c4", "c4-paloma"): Shift(-0.101, 0.061, 18, -0.041, 0.005),
    ("c4", "redpajama"): Shift(0.458, 0.132, 18, -0.053, 0.021),
    ("c4", "code"): Shift(0.474, 0.296, 18, -0.075, 0.052),
    ("redpajama", "refinedweb"): Shift(0.052, 0.054, 21, -0.003, 0.007),
    ("redpajama", "c4-validation"): Shift(0.052, 0.057, 21, -0.024, 0.005),
    ("redpajama", "c4-paloma"): Shift(-0.012, 0.063, 21, -0.026, 0.006),
    ("redpajama", "redpajama"): Shift(-0.793, 0.203, 21, 0.111, 0.010),
    ("redpajama", "code"): Shift(-1.608, 0.444, 21, 0.242, 0.022),
}
"""By (trained on, judged on)."""

REACH = {"c4": (18.30, 15.9, 20.5), "redpajama": (18.21, 15.3, 21.7)}
"""log10 of the FLOP, 6 * N * D, of the pairs by what was trained on: mean, least, most."""

TRAINED_ON = ("refinedweb", "redpajama", "c4")

LEVELS = {
    "refinedweb": (0.0, 1.0),
    "c4-validation": (0.017, 0.948),
    "c4-paloma": (0.094, 0.945),
    "redpajama": (-0.765, 1.206),
    "code": (-1.575, 1.369),
}
"""Loss of RefinedWeb-trained models on each set as a straight line of their loss on RefinedWeb: value at 0, slope; 16
models of at least 53M parameters and 20 tokens per parameter, losses 2.55 to 4.05, rmse 0.021, 0.008, 0.033 and 0.124
nats in this order."""


def shift(trained_on: str, judged_on: str) -> Shift:
    """The difference to training on RefinedWeb.

    Raises:
        InputError: one of the sets is unknown.
    """
    for name, names, what in ((trained_on, TRAINED_ON, "trained on"), (judged_on, JUDGES, "judged on")):
        if name not in names:
            raise InputError(f"no models were {what} {name!r}; {nearest(name, names)}", ("judged_on",))
    return Shift(0.0, 0.0, 0, 0.0, 0.0) if trained_on == "refinedweb" else SHIFTS[trained_on, judged_on]


def judged(refinedweb_loss: Any, compute: float, trained_on: str, judged_on: str) -> Any:
    """The loss on a set, nats per token, of a run of `compute` FLOP, which is `6 * N * D`.

    `refinedweb_loss` is that on RefinedWeb of a model of the same size and tokens that is trained on RefinedWeb. The
    difference between training sets shrinks with compute: on code, RedPajama's lead is 2.1 nats at 1e16 FLOP and 0.9 at
    1e21. Beyond the compute of the pairs it stays what it is at the nearest of them.
    """
    found = shift(trained_on, judged_on)
    centre, low, high = REACH.get(trained_on, (0.0, 0.0, 0.0))
    difference = found.nats + found.per_decade * (min(max(float(np.log10(compute)), low), high) - centre)
    start, slope = LEVELS[judged_on]
    return start + slope * np.asarray(refinedweb_loss) + difference
