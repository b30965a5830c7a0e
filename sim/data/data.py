"""Data in a scenario: what is judged when, and when miners move to other training data, the same in every lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Annotated, NamedTuple

import numpy as np

from policies.errors import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.data.judging import Judging, judging
from sim.data.sets import SETS, require_known
from sim.settings import About, Settings, Share, require_shares
from sim.streams import stream

PAST = 0.4
"""Memory as a share of the tokens in a model's past. Two models of 49k parameters that learnt prose for 300 and 900
steps, then code for 400, follow `train_on` and `penalty_of` with 0.58 and 0.35, within 0.014 and 0.019 nats (rmse)."""

MEMORY = PAST * 5e11
"""Tokens: that share of the past of a public model as the subnet's were, 3B parameters and 0.5T tokens."""


@dataclass(frozen=True)
class Moving(Settings):
    """How miners change what they train on; all defaults are assumptions.

    Raises:
        InputError: a number is out of its range, a set is unknown, or the shares do not sum to 1.
    """

    start: Annotated[
        Mapping[str, Share],
        About("share of miners that begin on each set; left empty, all begin on the best set for the first mixture"),
    ] = field(default_factory=dict)
    # the races on record answer a new idea within 2 to 4 days
    reaction_days: Annotated[
        float, About("mean days from hearing of a switch to moving; their law is exponential", 0, 3650)
    ] = 3.0
    never: Annotated[float, About("share of miners that never move", 0, 1)] = 0.1
    notice_days: Annotated[float, About("days from the notice to the switch; the subnet gave 2 to 9", 0, 3650)] = 0.0
    respond: Annotated[
        bool, About("whether a miner that has heard of a switch moves when that is expected to pay, not at once")
    ] = False
    horizon_days: Annotated[float, About("days after a switch whose expected pay counts in that", 0.1, 3650)] = 14.0
    move_days: Annotated[float, About("days of training lost to download, tokenise and tune", 0, 3650)] = 1.0
    move_usd: Annotated[
        float, About("USD that a move costs: traffic, and a machine with many cores for those days", 0, 1e9, "USD")
    ] = 50.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, share in self.start.items():
            require_known(name, SETS, "set", ("start", name))
            if not 0.0 <= share <= 1.0:
                raise InputError(f"the share of {name!r} is {share:g}, but must be from 0 to 1", ("start", name))
        if self.start:
            require_shares("shares of start", self.start.items(), "start")
        object.__setattr__(self, "start", dict(self.start))  # a copy, which the caller cannot change


class Migration(NamedTuple):
    """What every miner trains on at every block; the compiled loops read it."""

    start: np.ndarray  #: the first set of each miner, by its place in `SETS`, int `[worlds, miners]`
    targets: np.ndarray  #: the best set after each switch, int `[switches]`
    #: block at which each miner moves, or first thinks of it if it responds to pay, `[switches, worlds, miners]`; inf
    #: where it does not
    moves: np.ndarray
    pause: float  #: blocks that a move takes from training
    usd: float  #: USD that a move costs
    memory: float  #: tokens, see `train_on`
    respond: bool  #: see `Moving`
    horizon: float  #: days, likewise
    blocks: np.ndarray  #: of the switches, `[switches]`
    mixtures: np.ndarray  #: data weights by phase as in `Judging`, `[switches + 1, judges, sets]`
    space: np.ndarray  #: work space, `[2, sets]`

    def set_at(self, block: float) -> np.ndarray:
        """Place in `SETS` of what each miner trains on, int `[miners, worlds]`."""
        now = self.start
        for target, moves in zip(self.targets, self.moves, strict=True):
            now = np.where(moves <= block, target, now)
        return now.T

    def moves_between(self, after: float, until: float) -> np.ndarray:
        """Whether each miner moves after one block and not after another, bool `[miners, worlds]`."""
        return np.asarray(((self.moves > after) & (self.moves <= until)).any(axis=0).T)


def no_migration(miners: int, worlds: int) -> Migration:
    """What stands for a migration where data do not matter."""
    start, moves = np.zeros((worlds, miners), np.int64), np.zeros((0, worlds, miners))
    none = np.zeros(0)
    return Migration(
        start, np.zeros(0, np.int64), moves, 0.0, 0.0, 1.0, False, 1.0, none, np.zeros((0, 0, 0)), np.zeros((2, 0))
    )


@dataclass(frozen=True)
class Data:
    """What is judged when, how miners follow, and how soon their models do.

    Raises:
        InputError: the memory is no positive number.
    """

    judging: Judging = field(default_factory=lambda: judging([(0, "six-tasks")]))  #: the schedule of mixtures
    moving: Moving = field(default_factory=Moving)  #: the habits of miners
    memory: float = MEMORY  #: tokens after which 1 / e of the old training is left, see `train_on`

    def __post_init__(self) -> None:
        if not (isfinite(self.memory) and self.memory > 0.0):
            raise InputError(f"memory is {self.memory:g} tokens, but must be a number above 0", ("memory",))

    def weights(self, block: float) -> np.ndarray:
        """The data weights of the mixture that is judged at a block; what `penalty_of` takes."""
        return self.judging.data_weights[self.judging.phase(block)]

    def migration(self, miners: int, seed: int, worlds: Sequence[int]) -> Migration:
        """When the miners of these worlds move to which set.

        A miner hears of a switch when it comes or is announced, and some days later it moves to the set that is best
        for the new mixture, unless it has moved on for a later switch already or trains on that set anyway.
        """
        moving, schedule = self.moving, self.judging

        def uniform(*what: str | int) -> np.ndarray:
            return np.stack([stream(seed, "world", w, "diet", *what).random(miners) for w in worlds])

        start = np.full((len(worlds), miners), schedule.best[0])
        if moving.start:
            bounds = np.cumsum([moving.start.get(name, 0.0) for name in SETS])
            start = np.searchsorted(bounds / bounds[-1], uniform("start"), side="right")
        planned = np.full((len(schedule.blocks) - 1, *start.shape), np.inf)
        stays = uniform("never") < moving.never
        for number, block in enumerate(schedule.blocks[1:], 1):
            days = moving.reaction_days * -np.log1p(-uniform("reaction", number)) - moving.notice_days
            planned[number - 1] = np.where(stays, np.inf, block + days * BLOCKS_PER_DAY)
        targets = np.ascontiguousarray(schedule.best[1:])
        moves = planned if moving.respond else _moves_made(start, targets, planned)
        pause, usd = float(moving.move_days * BLOCKS_PER_DAY), float(moving.move_usd)
        blocks = np.array(schedule.blocks[1:], np.float64)
        return Migration(
            start, targets, moves, pause, usd, float(self.memory), moving.respond, float(moving.horizon_days), blocks,
            _same_shape(schedule.data_weights), np.zeros((2, len(SETS))),
        )  # fmt: skip


def _same_shape(data_weights: Sequence[np.ndarray]) -> np.ndarray:
    """Data weights of all phases in one array: judges without a say find every training mix so good that they add 0."""
    found = np.full((len(data_weights), max(map(len, data_weights)), len(SETS)), np.finfo(np.float64).max ** 0.9)
    for phase, weights in enumerate(data_weights):
        found[phase, : len(weights)] = weights
    return found


def _moves_made(start: np.ndarray, targets: np.ndarray, planned: np.ndarray) -> np.ndarray:
    """The planned blocks, inf where a later switch comes first or the miner trains on the target anyway."""
    now, made = start, np.full_like(planned, np.inf)
    for number, target in enumerate(targets):
        overtaken = (planned[number + 1 :] <= planned[number]).any(axis=0)
        moves = np.isfinite(planned[number]) & ~overtaken & (now != target)
        now = np.where(moves, target, now)
        made[number] = np.where(moves, planned[number], np.inf)
    return made
