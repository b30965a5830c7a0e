"""Data sets, what training on one costs when another judges, and what a token of each is worth to a judge.

The numbers, with where each comes from, stand in sets.yaml; docs/data-sets.md has them in words.
"""

from pathlib import Path

import numpy as np

from policies.errors import InputError, nearest
from sim.facts import read_facts

TABLES = read_facts(Path(__file__).with_name("sets.yaml"))

SOURCES = tuple(TABLES["gaps"])
"""Kinds of text that a model can be trained on."""

JUDGES = tuple(TABLES["gaps"][SOURCES[0]])
"""Held-out sets that models are judged on."""

EXPONENT = 0.3
"""How the loss on a judge falls with the tokens of the judge's own kind, D: by `HEIGHT * D ** -EXPONENT`.

Fitted to the 64 models of 1B parameters and 25B tokens of sail-sg/regmix 65181b70f376, each trained on other shares of
the Pile and judged on five of its parts. Every part is worth a share of the judge's own tokens; with one exponent and
one height for all five judges the rmse is 0.018 nats (spread of the losses: 0.05 to 0.14). A line in all 17 shares per
judge leaves 0.013 to 0.057. Exponents of 0.2 to 0.4 fit as well; RefinedWeb's own law has 0.289."""

HEIGHT = 0.25
"""Nats: see `EXPONENT`; it is 0.23 to 0.36 where each judge has its own."""

GAPS = np.array([[TABLES["gaps"][source][judge]["nats"] for judge in JUDGES] for source in SOURCES])
"""Nats per token `[sources, judges]` that a model trained wholly on a source loses against one of the same size and
tokens that was trained on the judge's own kind of text."""

WORTH = (1.0 + GAPS / HEIGHT) ** (-1.0 / EXPONENT)
"""What a token of a source is worth, in tokens of the judge's own kind `[sources, judges]`; 1 where the gap is 0."""

RECIPES: dict[str, dict[str, float]] = TABLES["recipes"]
"""Sets that mix sources, as shares of tokens."""

SETS = (*SOURCES, *RECIPES)
"""All sets that a miner can choose from, in the order of every array with an axis of sets."""

_SHARES = np.array([[RECIPES.get(name, {name: 1.0}).get(source, 0.0) for source in SOURCES] for name in SETS])

SET_WORTH = _SHARES @ WORTH
"""What a token of a set is worth to a judge `[sets, judges]`, as `WORTH`: a recipe is worth what is in it."""

SET_GAPS = np.vstack([GAPS, HEIGHT * (SET_WORTH[len(SOURCES) :] ** -EXPONENT - 1.0)])
"""Nats that a model trained wholly on a set loses on a judge `[sets, judges]`: `GAPS`, and recipes by their worth."""

for _table in (GAPS, WORTH, SET_WORTH, SET_GAPS):
    _table.setflags(write=False)


def require_known(given: object, names: tuple[str, ...], what: str, path: tuple[str | int, ...]) -> str:
    """The name, if it is one of the names.

    Raises:
        InputError: it is not.
    """
    if given not in names:
        raise InputError(f"there is no {what} {given!r}; {nearest(given, names)}", path)
    return str(given)
