"""Six sets of constants of the scaling law, each with what it was fitted on and where it may be used."""

from policies.errors import InputError, nearest
from sim.traces.laws.chinchilla import Chinchilla

_MLF = (
    "16 models of mlfoundations/scaling, 53M to 6.7B non-embedding parameters (N), at least 20 tokens per "
    "parameter, judged on RefinedWeb (GPT-NeoX tokens), trained on "
)
_MLF_RANGE = ((5.3e7, 6.7e9), (1.5e9, 4.7e11))

LAWS = {
    "hoffmann": Chinchilla(
        1.69,
        406.4,
        0.34,
        410.7,
        0.28,
        "massivetext",
        "Hoffmann et al. 2022, approach 3: over 400 models, 70M to 16B, on MassiveText; recalled",
        "comparison with the literature; overstates what data are worth (see epoch)",
        sizes=(7.0e7, 1.6e10),
        tokens_range=(5.0e9, 5.0e11),
    ),
    "epoch": Chinchilla(
        1.8172,
        482.01,
        0.3478,
        2085.43,
        0.3658,
        "massivetext",
        "Besiroglu et al. 2024: 240 points read from Hoffmann's figure; errors 0.026, 124.5, 0.015, 1293, 0.021",
        "large models and many tokens of web text; the better of the two MassiveText sets",
        sizes=(7.0e7, 1.6e10),
        tokens_range=(5.0e9, 5.0e11),
    ),
    "refinedweb": Chinchilla(
        1.868,
        78.7,
        0.227,
        358.4,
        0.289,
        "refinedweb",
        _MLF + "RefinedWeb; traces.md 3.1",
        "inside the range of the fit; models it has not seen came out within 0.06 nats",
        0.020,
        *_MLF_RANGE,
    ),
    "redpajama": Chinchilla(
        1.994,
        207.6,
        0.296,
        52.0,
        0.188,
        "refinedweb",
        _MLF + "RedPajama; traces.md 3.1",
        "inside the range of the fit; models it has not seen came out within 0.03 nats",
        0.013,
        *_MLF_RANGE,
    ),
    "c4": Chinchilla(
        1.655,
        31.3,
        0.166,
        182.2,
        0.252,
        "refinedweb",
        _MLF + "C4; traces.md 3.1",
        "only inside the range (unseen models off by 0.02 to 0.19): beyond it, take refinedweb and add 0.17",
        0.034,
        *_MLF_RANGE,
    ),
    "olmo": Chinchilla(
        1.665,
        38.5,
        0.196,
        35.4,
        0.160,
        "c4-validation",
        "21 runs of allenai/OLMo-ladder, 190M to 3.2B (N = tokens of the 1xC run / 20), trained on Dolma, judged on "
        "C4; traces.md 3.1",
        "inside the range of the fit; the 7B and 13B main runs came out 0.05 and 0.04 nats too low",
        0.020,
        (1.9e8, 3.2e9),
        (1.9e9, 3.2e11),
    ),
}
"""The constants of traces.md 3.1 by name. Single constants are poorly determined: E, A and B trade off against each
other."""


def law(name: str) -> Chinchilla:
    """The constants of that name.

    Raises:
        InputError: there is no such set.
    """
    if name not in LAWS:
        raise InputError(f"no scaling law is called {name!r}; {nearest(name, LAWS)}", ("dataset",))
    return LAWS[name]
