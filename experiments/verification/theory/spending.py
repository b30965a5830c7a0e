"""Free entry as the world has it: miners spend all that they are paid, so effort goes to where pay covers its cost.

Time is in days of the formulas, of which a step of the clock has `step`. An idea waits for a step for its evaluation,
and so after each crown there is a step in which nobody has an idea on the new king's model yet.
"""

from collections.abc import Callable
from math import exp

import numpy as np

STRIDE = 2e-3
"""Of the integration, in memories."""


def mean_effort(paid: Callable[[float], float], effort: float, begun: float, counted: float) -> float:
    """Mean effort over `counted` memories of pay, after `begun` of them.

    Effort x follows what it is `paid`, in units of its cost: dx/dm = paid(x) - x, which ends where they are equal.

    Args:
        paid: what miners of so much effort are paid, in units of its cost.
        effort: in the beginning.
        begun, counted: memories.
    """
    seen = []
    for _ in range(round((begun + counted) / STRIDE)):
        effort += STRIDE * (paid(effort) - effort)
        seen.append(effort)
    return float(np.mean(seen[round(begun / STRIDE) :]))


def fading_pay(crowned: float, discount: float, step: float) -> float:
    """Share of the pay that kings get, if a reign's pay fades at that rate: w / (rho + h) for a reign of the rate h.

    Args:
        crowned: chance that a step crowns somebody, after the first step of a reign.
        discount: rho, per day.
        step: days.
    """
    fades = exp(-discount * step)
    left = fades * crowned * fades / (1.0 - (1.0 - crowned) * fades)  # of the pay at the end of a reign, on average
    return (1.0 - left) / discount / (step * (1.0 + 1.0 / crowned))


def own_pay(crowned: float, copied: float, again: float) -> tuple[float, float]:
    """Share of the pay of kings whose models are their own, where copies of them are crowned without any gain.

    Args:
        crowned: chance that a step crowns an idea, unless the step before did.
        copied: chance that it crowns a copy of a king that is none, unless it crowns an idea.
        again: chance that it crowns an idea if a copy is king, when the one that was copied races too.

    Returns:
        That share, and crowned ideas per step.
    """
    # Of the steps D come after the crown of an idea, and in C a copy is king. In balance
    # D = (1 - D - C) crowned + C again, and C again = (D + (1 - D - C) (1 - crowned)) copied.
    more = crowned * (again - crowned) / (1.0 + crowned)
    copies = copied / (1.0 + crowned) / (again + copied * (1.0 - crowned - more))
    return 1.0 - copies, (crowned + copies * (again - crowned)) / (1.0 + crowned)


def late_crowns(ideas: float, racers: int, passes: float) -> float:
    """Crowns beyond one that a crown brings, because it takes a step until everybody knows of it.

    Ideas that the others had until then, on the old king's model, pass the new king's bar with the chance q^2 / 2. One
    that the new king had before it knew that it is king passes its successor's with the chance q^3 / 4.

    Args:
        ideas: chance that one of the racers has one in a step.
        racers: how many there are.
        passes: q, the chance that an idea passes the bar.
    """
    return ideas * (1.5 * (racers - 1) * passes**2 / 2.0 + passes**3 / 4.0)
