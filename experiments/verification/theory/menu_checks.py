"""The checks of what miners choose to work on, and of what they spend, with the settings of their worlds."""

from collections.abc import Iterator
from math import exp

from experiments.verification.theory import incentives
from experiments.verification.theory.check import Check
from experiments.verification.theory.incentive_checks import PAY

MENUS = {"ten": ((0.5, 0.05), (0.0002, 0.004)), "four": ((1.0, 0.25), (0.001, 0.008))}
"""Two technologies, the first so many times as frequent: their ideas per day, and mean gains."""
HEADS, CROWD = (5, 5), 32
"""Miners of each in a mix, and all miners where they choose."""
SIDES = {"below": 0.5, "switch": 1.0, "above": 2.0}
"""Bars, as shares of the one at which both are crowned equally often."""
FAR = {"below": 0.2, "above": 3.0}
"""The same where miners choose."""
TEMPERATURE, EXPLORE = 1.0, 0.05
"""Of the choice."""
UNIT = 0.002
"""Ideas of mean size y come at exp(-y / UNIT)."""
AMBITIONS = {"small": 0.125, "best": 0.5, "large": 2.0}
"""Bars in units of that; half is best for the descent."""
SIZES, SIZE_HEADS = (0.4, 1.0, 2.5), (5, 3, 4)
"""Sizes of ideas around the one that is crowned most often, as shares of it, and the miners of each."""
FEES = (0.05, 0.2, 1.0)
"""What a day's part in Tullock's contest costs."""


def tullock_miners(fee: float) -> int:
    """Miners whom that fee lets in."""
    return incentives.entrants(PAY, fee)


def crowned(menu: str, bar: float) -> list[float]:
    """Crowns per day of a head, by technology."""
    rates, gains = MENUS[menu]
    return [rate * incentives.passes_bar(bar, gain) for rate, gain in zip(rates, gains, strict=True)]


def checks() -> Iterator[Check]:
    """All of them, in the order of the results."""
    yield from _menus()
    yield from _ambitions()
    yield from _tullock()


def _menus() -> Iterator[Check]:
    for menu, (rates, gains) in MENUS.items():
        switch = incentives.switch(rates, gains)
        title = f"{rates[0]:g} a day of {gains[0]:g} or {rates[1]:g} of {gains[1]:g}"
        for name, side in SIDES.items():
            what = f"share of the crowns that small steps have among equal heads, {title}, bar {side:g} of the switch"
            share = incentives.crown_shares(crowned(menu, side * switch), HEADS)[0]
            yield Check(f"menu crowns {menu} bar={name}", what, float(share), (menu, name) == ("ten", "switch"))
        small, large = (incentives.descent(r, switch, z) for r, z in zip(rates, gains, strict=True))
        what = f"descent of large steps over that of small ones at the switch, {title}"
        yield Check(f"menu descent {menu}", what, large / small, menu == "ten")
        for name, side in FAR.items():
            what = (
                f"share of the racers' time on small steps if they choose by pay, {title}, bar {side:g} of the switch"
            )
            share = incentives.crowd_share(crowned(menu, side * switch), CROWD, TEMPERATURE, EXPLORE)
            yield Check(f"menu crowd {menu} bar={name}", what, share, quick=False)


def ambitious(size: float, bar: float) -> float:
    """Crowns a day of one that has ideas of that mean size, at most one a day."""
    return incentives.ambitious_rate(size, UNIT, 1.0) * incentives.passes_bar(bar, size)


def _ambitions() -> Iterator[Check]:
    mix = ", ".join(f"{heads} heads on {share:g} y" for heads, share in zip(SIZE_HEADS, SIZES, strict=True))
    for name, share in AMBITIONS.items():
        bar = share * UNIT
        size = incentives.ambition(bar, UNIT)
        speed = incentives.descent(incentives.ambitious_rate(size, UNIT, 1.0), bar, size) / UNIT
        title = f"size y = sqrt(b zeta), which comes at exp(-y / zeta), b = {share:g} zeta"
        yield Check(f"ambition descent bar={name}", f"descent a day in units of zeta by ideas of {title}", speed)
        shares = incentives.crown_shares([ambitious(each * size, bar) for each in SIZES], SIZE_HEADS)
        what = f"share of the crowns of ideas of {title}; {mix}"
        yield Check(f"ambition crowns bar={name}", what, float(shares[1]), name == "best")
    what = "descent a day in units of zeta, paid by gain: the size zeta, no bar"
    yield Check("ambition descent paid-by-gain", what, incentives.descent(exp(-1.0), 0.0, UNIT) / UNIT)


def _tullock() -> Iterator[Check]:
    for fee in FEES:
        fits, quick = tullock_miners(fee), fee == max(FEES)
        title = f"Tullock's contest, pay {PAY:g} and a fee of {fee:g} a day"
        spent = incentives.spent_share(fits)
        yield Check(f"tullock spent fee={fee:g}", f"share of the pay that {fits} miners spend, {title}", spent, quick)
        left = (1.0 - incentives.spent_share(fits + 1)) * PAY / (fits + 1) / fee
        what = f"what {fits + 1} miners would each have left before the fee, in fees, {title}"
        yield Check(f"tullock entrant fee={fee:g}", what, left, quick)
