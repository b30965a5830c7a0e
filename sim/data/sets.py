"""What miners train on: text of one kind, or recipes that mix several."""

from types import MappingProxyType

import numpy as np

from sim.data.gaps import EXPONENT, GAPS, HEIGHT, JUDGES, SOURCES, WORTH, known

RECIPES = MappingProxyType(
    {
        "edu-code": {"fineweb-edu": 0.65, "code": 0.35},
        "six-mix": {"fineweb": 0.30, "fineweb-edu": 0.25, "code": 0.35, "papers": 0.05, "maths": 0.05},
    }
)
"""Shares of tokens: those of the mixtures `edu-stack` and `six-tasks`, both sets of maths in one."""

SETS = (*SOURCES, *RECIPES)
"""All sets that a miner can choose from, in the order of every array with an axis of sets."""

_SHARES = np.array([[RECIPES.get(name, {name: 1.0}).get(source, 0.0) for source in SOURCES] for name in SETS])

SET_WORTH = _SHARES @ WORTH
"""What a token of a set is worth to a judge `[sets, judges]`, as `WORTH`: a recipe is worth what is in it."""
SET_WORTH.setflags(write=False)

SET_GAPS = np.vstack([GAPS, HEIGHT * (SET_WORTH[len(SOURCES) :] ** -EXPONENT - 1.0)])
"""Nats that a model trained wholly on a set loses on a judge `[sets, judges]`: `GAPS`, and recipes by their worth."""
SET_GAPS.setflags(write=False)


def gap(trained_on: str, judge: str) -> float:
    """Nats per token that training on a set loses on a judge, over training on the judge's own kind of text.

    Raises:
        InputError: one of the two is unknown.
    """
    row = SETS.index(known(trained_on, SETS, "set", ("set",)))
    return float(SET_GAPS[row, JUDGES.index(known(judge, JUDGES, "judge", ("judge",)))])
