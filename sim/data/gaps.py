"""What training on one set costs when another judges: the table behind everything else in this room.

No cell is measured on exactly its two sets. Those of `STAND_INS` are measured on others of the same kind; every other
cell is an assumption, with its reason in `ASSUMED`. docs/data-sets.md has both in words.
"""

import numpy as np

from policies.errors import InputError, nearest

SOURCES = ("refinedweb", "fineweb", "fineweb-edu", "code", "papers", "maths")
"""Kinds of text that a model can be trained on; fineweb-edu is the part of score 2 and above."""

JUDGES = ("refinedweb", "fineweb", "fineweb-edu-2", "stack", "pes2o", "finemath", "infiwebmath")
"""Held-out sets that models are judged on."""

GAPS = np.array(
    [
        [0.00, 0.07, 0.10, 1.00, 0.45, 0.35, 0.35],  # refinedweb
        [0.05, 0.00, 0.05, 1.00, 0.45, 0.35, 0.35],  # fineweb
        [0.17, 0.12, 0.00, 1.00, 0.35, 0.25, 0.25],  # fineweb-edu
        [1.10, 1.10, 1.10, 0.00, 0.70, 0.50, 0.50],  # code
        [0.60, 0.60, 0.60, 0.70, 0.00, 0.40, 0.40],  # papers
        [0.40, 0.40, 0.40, 0.50, 0.30, 0.00, 0.06],  # maths
    ]
)
"""Nats per token `[sources, judges]` that a model trained wholly on a source loses against one of the same size and
tokens that was trained on the judge's own kind of text; at 1e20 to 1e22 FLOP."""
GAPS.setflags(write=False)

_WHY = ("=mmmmtt", "m=pfftt", "mp=fsss", "mcc=mtt", "mccm=tt", "ttttm=2")
"""Where each cell of `GAPS` comes from: = is the judge's own kind, m a stand-in, the rest are keys of `ASSUMED`."""

STAND_INS = {
    ("refinedweb", "fineweb"): "RefinedWeb less C4 as the training set, on C4: 0.066",
    ("refinedweb", "fineweb-edu-2"): "RefinedWeb less C4, on Paloma's C4: 0.101",
    ("refinedweb", "stack"): "Pile-CC on GitHub 0.82 (0.64 to 0.92); by RedPajama's lead at 1e21 FLOP 1.26",
    ("refinedweb", "pes2o"): "Pile-CC on PubMed Central 0.41 (at least 0.34), on arXiv 0.79 (0.51 to 1.15)",
    ("fineweb", "refinedweb"): "RedPajama less RefinedWeb, on RefinedWeb: 0.052",
    ("fineweb-edu", "refinedweb"): "C4, which is cut harder, less RefinedWeb, on RefinedWeb: 0.174",
    ("code", "refinedweb"): "GitHub on Pile-CC: at least 1.1",
    ("code", "pes2o"): "GitHub on PubMed Central: 0.70 (at least 0.48)",
    ("papers", "refinedweb"): "arXiv on Pile-CC 0.57 (0.49 to 0.67), PubMed at least 0.57",
    ("papers", "stack"): "arXiv on GitHub 0.56 (0.47 to 0.64), PubMed 0.81 (at least 0.59)",
    ("maths", "pes2o"): "StackExchange on PubMed Central: 0.33 (at least 0.27)",
}
"""What was measured on other sets of the same kind. Numbers with C4, RedPajama and RefinedWeb are those of
`sim.traces.laws.datasets`; the others come from the fit that `EXPONENT` tells of, in brackets its 80 % bootstrap
interval."""

ASSUMED = {
    "p": "FineWeb-Edu is a part of FineWeb: FineWeb has all of it among other text, and it lacks the other text",
    "f": "as RefinedWeb: a filtered crawl too, hardly any code, few papers",
    "s": "0.1 less than other web text, since it was chosen for being like what schools teach",
    "c": "as judged on RefinedWeb: the difference between two crawls is small beside it",
    "t": "maths is pages of the web with the notation of papers, so it lies between both",
    "2": "two sets of maths from one crawl differ like two good web sets",
}
"""Reasons of the cells that nothing was measured for."""

EXPONENT = 0.3
"""How the loss on a judge falls with the tokens of the judge's own kind, D: by `HEIGHT * D ** -EXPONENT`.

Fitted to the 64 models of 1B parameters and 25B tokens of sail-sg/regmix 65181b70f376, each trained on other shares of
the Pile and judged on five of its parts. Every part is worth a share of the judge's own tokens; with one exponent and
one height for all five judges the rmse is 0.018 nats (spread of the losses: 0.05 to 0.14). A line in all 17 shares per
judge leaves 0.013 to 0.057. Exponents of 0.2 to 0.4 fit as well; RefinedWeb's own law has 0.289."""

HEIGHT = 0.25
"""Nats: see `EXPONENT`; it is 0.23 to 0.36 where each judge has its own."""

WORTH = (1.0 + GAPS / HEIGHT) ** (-1.0 / EXPONENT)
"""What a token of a source is worth, in tokens of the judge's own kind `[sources, judges]`; 1 where the gap is 0."""
WORTH.setflags(write=False)


def reason(source: str, judge: str) -> str:
    """Where a cell of the table comes from: what was measured, or why it is assumed.

    Raises:
        InputError: one of the two is unknown.
    """
    known(source, SOURCES, "source", ("source",))
    known(judge, JUDGES, "judge", ("judge",))
    key = _WHY[SOURCES.index(source)][JUDGES.index(judge)]
    if key == "=":
        return "the judge's own kind"
    return f"stand-in: {STAND_INS[source, judge]}" if key == "m" else f"assumed: {ASSUMED[key]}"


def known(given: object, names: tuple[str, ...], what: str, path: tuple[str | int, ...]) -> str:
    """The name, if it is one of the names.

    Raises:
        InputError: it is not.
    """
    if given not in names:
        raise InputError(f"there is no {what} {given!r}; {nearest(given, names)}", path)
    return str(given)
