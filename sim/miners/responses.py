"""How miners respond to pay, from settings to the records that the loops read: effort, direction, entry, disruption."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import numpy as np

from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.settings import About, Settings

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIXED, REINVEST, TULLOCK, LOGIT = range(4)
GIVEN, PROFIT = range(2)

MOST_EFFORT = 64.0

Most = Annotated[float, About("the largest effort, as a multiple of what a miner's own GPUs do", 0.01, MOST_EFFORT)]
MemoryDays = Annotated[float, About("time constant with which a miner smooths its own pay", 0.1, 3650, "days")]


@dataclass(frozen=True, kw_only=True)
class Fixed(Settings):
    """Every miner trains with all of its GPUs, whatever it is paid."""

    rule: Annotated[Literal["fixed"], About("effort does not respond to pay")] = "fixed"
    most: Most = 1.0
    memory_days: MemoryDays = 14.0

    code = FIXED


@dataclass(frozen=True, kw_only=True)
class Reinvest(Settings):
    """A miner spends a share of its smoothed pay on compute."""

    rule: Annotated[Literal["reinvest"], About("effort is what a share of the pay buys")]
    share: Annotated[float, About("share of the smoothed pay that is spent on compute", 0, 1)]
    most: Most
    memory_days: MemoryDays = 14.0

    code = REINVEST


@dataclass(frozen=True, kw_only=True)
class Tullock(Settings):
    """A miner with the share s of the pay W spends s (1 - s) W, the best reply in Tullock's contest.

    There x_i of X buys the share x_i / X; the best reply to the others' spending has W (X - x_i) / X^2 = 1.
    """

    rule: Annotated[Literal["tullock"], About("effort is the best reply of Tullock's contest")]
    most: Most
    memory_days: MemoryDays = 14.0

    code = TULLOCK


@dataclass(frozen=True, kw_only=True)
class Logit(Settings):
    """A miner draws a level of effort; levels of higher expected profit are more likely, with odds exp(profit / T)."""

    rule: Annotated[Literal["logit"], About("effort is drawn among levels, by expected profit")]
    levels: Annotated[list[float], About("the levels, as multiples of what a miner's own GPUs do")]
    temperature: Annotated[
        float, About("T: a level that earns T more a day is e times as likely", 1e-6, 1e9, "USD per day")
    ]
    memory_days: MemoryDays = 14.0

    code = LOGIT

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= len(self.levels) <= 100 or len(set(self.levels)) < len(self.levels):
            raise InputError(f"levels are {list(self.levels)}, but must be 2 to 100 different numbers", ("levels",))
        for i, level in enumerate(self.levels):
            if not 0.0 <= level <= MOST_EFFORT:
                raise InputError(f"is {level:g}, but a level of effort is from 0 to {MOST_EFFORT:g}", ("levels", i))

    @property
    def most(self) -> float:
        """The largest level."""
        return max(self.levels)


Effort = Fixed | Reinvest | Tullock | Logit


@dataclass(frozen=True, kw_only=True)
class Given(Settings):
    """Miners are in the contest unless their strategy says otherwise."""

    rule: Annotated[Literal["given"], About("the number of miners does not respond to pay")] = "given"


@dataclass(frozen=True, kw_only=True)
class Profit(Settings):
    """Miners enter where mining is expected to pay for itself, and leave where it is not.

    In the contest a miner expects its own smoothed pay, outside of it what one more miner would be paid on average. So
    what all expect sums to about what is paid.
    """

    rule: Annotated[Literal["profit"], About("miners enter and leave by the profit that they expect")]
    reserve: Annotated[float, About("expected profit at which a miner enters", 0, 1e9, "USD per day")] = 0.0
    payback_days: Annotated[float, About("time in which the fee must come back", 0.1, 3650, "days")] = 30.0
    memory_days: MemoryDays = 14.0


Entry = Given | Profit


@dataclass(frozen=True, kw_only=True)
class Choosing(Settings):
    """How miners choose among the courses of a menu when they begin again from a king's model.

    A course is drawn with odds exp(pay / (temperature * mean pay)), where pay is the smoothed public pay per head of
    the miners on it. Among the options of a protection menu they choose alike, by the pay per model.
    """

    memory_days: Annotated[float, About("time constant with which pay per head is smoothed", 0.1, 3650, "days")] = 14.0
    temperature: Annotated[
        float, About("a course that pays so much more, in units of the mean pay, is e times as likely", 1e-3, 1e6)
    ] = 0.25
    explore: Annotated[float, About("chance that a miner tries any course of the menu, by lot", 0, 1)] = 0.05


BOOK = np.dtype(
    [
        ("income", "f8"),  #: smoothed pay, USD per day
        ("belief", "f8"),  #: pay that it expects if it is in the contest, USD per day; see `Profit`
        ("effort", "f8"),  #: of the stretch of training until its next look
        ("emission", "f8"),  #: all of it until its last look, in days of all emission
        ("lost", "f8"),  #: blocks lost by disruption until its last look
    ],
    align=True,
)
"""What a miner that responds to pay remembers between two looks."""


RULE = np.dtype(
    [
        ("effort", "i8"),  #: `FIXED`, `REINVEST`, `TULLOCK` or `LOGIT`
        ("share", "f8"),  #: see `Reinvest`
        ("temperature", "f8"),  #: see `Logit`, USD per day
        ("most", "f8"),  #: the largest effort
        ("memory", "f8"),  #: days, see `MemoryDays`
        ("entry", "i8"),  #: `GIVEN` or `PROFIT`
        ("asked", "f8"),  #: USD per day beyond its cost for which a miner enters
        ("entry_memory", "f8"),  #: days
        ("menu_memory", "f8"),  #: days
        ("choice", "f8"),  #: temperature of the choice among courses, in units of the mean pay
        ("explore", "f8"),  #: see `Choosing`
        ("usual", "f8"),  #: days between two looks
        ("left", "f8"),  #: share of an income that is left after them
        ("entry_left", "f8"),  #: the same of a belief
    ],
    align=True,
)
"""The numbers of a scenario's responses; a record is handed over by its address, many numbers would be copied."""


class Responses(NamedTuple):
    """How miners respond, as the loops see it. A day's pay W is `Terms.usd_per_day`."""

    on: bool  #: whether miners respond at all; if not, there are no books
    books: np.ndarray  #: records of `BOOK`, `[columns, miners]`
    head_days: np.ndarray  #: days of miners by course of the menu, fading, `[columns, courses]`
    head_pay: np.ndarray  #: USD that they were paid in these days, likewise
    active: np.ndarray  #: miners in the contest, int `[columns]`
    levels: np.ndarray  #: of effort, for `LOGIT`
    odds: np.ndarray  #: work space, `[levels or courses]`
    rules: np.ndarray  #: a record of `RULE`, `[1]`


def new_responses(scenario: "Scenario", active: np.ndarray) -> Responses:
    """How the miners of a scenario respond, before anything has happened.

    Args:
        scenario: the contest.
        active: which miners are in the contest at the beginning, bool `[columns, miners]`.
    """
    from sim.models import filled  # noqa: PLC0415 - a recipe that is only read needs no compiler

    effort, entry, choosing, economy = scenario.effort, scenario.entry, scenario.choosing, scenario.economy
    width, n = active.shape
    mean, choices = economy.usd_per_day / n, len(scenario.menu)
    books = np.zeros((width, n if scenario.responds else 0), BOOK)
    books["income"] = books["belief"] = mean  # nobody knows better yet
    books["effort"] = min(1.0, effort.most)
    # what is believed of every course at first: that for one time constant it has paid its share of the miners the mean
    heads = np.full((width, choices), choosing.memory_days * n / max(choices, 1))
    profit = entry if isinstance(entry, Profit) else None
    usual = scenario.wake_blocks / BLOCKS_PER_DAY
    memory, entry_memory = effort.memory_days, profit.memory_days if profit else 1.0
    rules = filled(
        1,
        RULE,
        effort=effort.code,
        share=effort.share if isinstance(effort, Reinvest) else 0.0,
        temperature=effort.temperature if isinstance(effort, Logit) else 1.0,
        most=effort.most,
        memory=memory,
        entry=PROFIT if profit else GIVEN,
        asked=profit.reserve + economy.registration_usd / profit.payback_days if profit else 0.0,
        entry_memory=entry_memory,
        menu_memory=choosing.memory_days,
        choice=choosing.temperature,
        explore=choosing.explore,
        usual=usual,
        left=np.exp(-usual / memory),
        entry_left=np.exp(-usual / entry_memory),
    )
    levels = np.array(effort.levels if isinstance(effort, Logit) else (0.0,))
    odds = np.zeros(max(len(levels), choices))
    active_miners = active.sum(axis=1, dtype=np.int64)
    return Responses(scenario.responds, books, heads, heads * mean, active_miners, levels, odds, rules)
