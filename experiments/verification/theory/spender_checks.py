"""The checks of free entry as the world has it, with the settings of their worlds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from experiments.verification.theory import incentives
from experiments.verification.theory.check import Check
from experiments.verification.theory.evaluations import win_chance
from experiments.verification.theory.incentive_checks import COST, GAIN, PAY, RATE, leak_bars
from experiments.verification.theory.spending import fading_pay, late_crowns, mean_effort, own_pay
from sim.validators.noise import SENSITIVE

AS = "corrected for steps and beginning"
MINERS, COPIERS = 8, 4
"""Miners that spend what they are paid, and where they leak, others that copy."""
OFTEN = 0.05
"""Crowns per step of the clock, about."""
MEMORY, BEGUN, COUNTED = 300.0, 4.0, 3.0
"""Crowns in the memory of pay; memories until effort has settled, and for which it is counted."""


@dataclass(frozen=True)
class Setting:
    """A ladder of free entry; the settings are those of the formulas.

    Attributes:
        name: of the checks, behind what they are of.
        bar: in log loss.
        fading: rate per day at which the pay of a reign fades: the discount rate of the formula.
        copies, luck: copies that are tried per day, and the sd of their luck.
        quick: whether it is in the quick set.
    """

    name: str
    bar: float
    fading: float = 0.0
    copies: float = 0.0
    luck: float = 1.0
    quick: bool = False

    @cached_property
    def passes(self) -> float:
        """The chance that an idea passes the bar."""
        return incentives.passes_bar(self.bar, GAIN)

    @cached_property
    def copied(self) -> float:
        """Copies per day that are better than a king that is none, by luck of which a part is a miner's for good."""
        epsilon = incentives.epsilon_of(self.bar)
        return self.copies * win_chance(-epsilon, self.luck, SENSITIVE) if self.copies else 0.0

    @cached_property
    def effort(self) -> float:
        """By the formula."""
        if self.copies:
            return incentives.leaking_effort(self.bar, GAIN, RATE, PAY, COST, self.copied)
        return incentives.free_entry(self.bar, GAIN, RATE, PAY, COST, self.fading)

    @cached_property
    def step(self) -> float:
        """Days of a step."""
        return OFTEN / (self.effort * RATE * self.passes)

    @cached_property
    def clocked(self) -> tuple[float, float]:
        """Effort and descent per day with the clock, and with what is left of the beginning, when all pay was spent."""
        paid = PAY / COST
        spent = mean_effort(lambda spent: paid * self._outcome(self._ideas(spent))[0], paid, BEGUN, COUNTED)
        racing = spent * (1.0 - 1.0 / MINERS)
        effort = racing + paid / MINERS
        ideas = self._ideas(spent)
        late = late_crowns(ideas, MINERS - 1, self.passes)
        speed = (self.bar + GAIN) * (1.0 + late) * self._outcome(ideas)[1] / self.step
        return effort, speed * effort / racing

    def _ideas(self, spent: float) -> float:
        """Chance that a miner has an idea in a step, where all together spend so much."""
        return spent / MINERS * RATE * self.step

    def _outcome(self, ideas: float) -> tuple[float, float]:
        """The share of the pay that goes to miners who work, and crowns by ideas per step; the king rests."""
        none = (1.0 - ideas * self.passes) ** (MINERS - 1)
        if self.copies:  # who was copied has an idea on the model before its own: it must gain that again
            again = 1.0 - none * (1.0 - ideas * self.passes**2 / 2.0)
            return own_pay(1.0 - none, self.copied * self.step, again)
        return fading_pay(1.0 - none, self.fading, self.step), (1.0 - none) / (2.0 - none)


FADING = 0.2
"""Per day."""
ENTRIES = [Setting(f"bar={bar:g}", bar, FADING, quick=bar > 0.0) for bar in (0.0, 0.001)]
NO_BAR = 1e-6
"""Without any bar, who was copied would win with the model that it has by a rounding error."""


def _leaks(copies: float, luck: float) -> list[Setting]:
    bars = {"none": NO_BAR, "best": leak_bars(copies, luck)[1]}
    name = f"copies={copies:g} noise={luck:g}"
    return [Setting(f"{name} bar={which}", bar, copies=copies, luck=luck) for which, bar in bars.items()]


LEAKS = {f"copies={copies:g} noise={luck:g}": _leaks(copies, luck) for copies, luck in ((0.5, 2e-4), (1.5, 5e-4))}
"""Without a bar and with the best one, by setting."""


def checks() -> Iterator[Check]:
    """All of them, in the order of the results."""
    for setting in ENTRIES:
        effort, speed = setting.clocked
        what = f"a bar of {setting.bar:g}, where a reign's pay fades by {FADING:g} a day and all of it is spent, {AS}"
        yield Check(f"entry world-effort {setting.name}", f"effort under {what}", effort, setting.quick)
        yield Check(f"entry world-descent {setting.name}", f"descent a day under {what}", speed, setting.quick)
    for name, pair in LEAKS.items():
        for setting in pair:
            effort, speed = setting.clocked
            what = f"{setting.copies:g} copies a day with luck of sd {setting.luck:g}, a bar of {setting.bar:.3g}"
            what = f"where miners spend all their pay, {what}, {AS}"
            yield Check(f"leakage world-effort {setting.name}", f"effort {what}", effort, quick=False)
            yield Check(f"leakage world-descent {setting.name}", f"descent a day {what}", speed, quick=False)
        none, best = pair
        what = f"descent under the best bar over that without, {setting.copies:g} copies a day, in worlds"
        yield Check(f"leakage world-gain {name}", what, best.clocked[1] / none.clocked[1], quick=False)
