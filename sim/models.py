"""Models as records: one model per miner and column, and one place more that is empty."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.compiler import inner

BITS = 62
"""Owners per word of a lineage: whole numbers of 64 bits with a sign."""

MODEL = np.dtype(
    [
        ("block", "f8"),  #: of its commitment; inf where there is none
        #: true reference loss, nats per token: on the data that the law speaks of, without what the mixture of data
        #: adds; inf where there is none
        ("loss", "f8"),
        ("base", "f8"),  #: the same without the luck of the seed, which a model trained on from here does not inherit
        ("rough", "f8"),  #: sd of the noise of a perturbed copy against its original, as a share of a model's own noise
        ("family", "i8"),  #: the miner whose run from scratch it descends from; the number of miners: the public model
        #: the miner whose evaluation noise it has: its owner, or for a copy the owner of the original; in a script the
        #: number of the commitment
        ("twin", "i8"),
        ("copied", "b1"),  #: whether it is another miner's model
        ("option", "i1"),  #: which option of a protection menu its miner has chosen for it
    ],
    align=True,
)

MINER = np.dtype(
    [
        ("pending", "b1"),  #: its newest commitment still waits
        ("active", "b1"),  #: it is in the contest
        ("training", "b1"),  #: it trains
        ("course", "i1"),  #: its course of the menu, 0 without one
        ("player", "i2"),  #: its strategy, by number
        ("family", "i2"),  #: the run that its private model descends from
        ("position", "f8"),  #: where its private model stands on its way
        ("spent", "f8"),  #: USD
        ("emission", "f8"),  #: in days of all of it
        ("live_block", "f8"),  #: block of its newest commitment; inf without one
        ("measured", "f8"),  #: the loss that the first validator has measured of that; NaN before
        ("since", "f8"),  #: block of its first commitment; inf without one
        ("share", "f4"),  #: of emission, now
        ("submissions", "i4"),  #: models that it has committed
    ],
    align=True,
)
"""A miner in a column: 64 bytes, a line of the cache, for memory is what looks wait for."""


def filled(shape: int | tuple[int, ...], kind: np.dtype[Any], **values: Any) -> np.ndarray:
    """Records of a kind, 0 but for the fields that are given."""
    made = np.zeros(shape, kind)
    for name, value in values.items():
        made[name] = value
    return made


def no_miners(shape: tuple[int, ...]) -> np.ndarray:
    """Records of `MINER`, all 0, each at the beginning of a line of the cache."""
    size, line = int(np.prod(shape)) * MINER.itemsize, 64
    raw = np.zeros(size + line, np.uint8)
    begin = -raw.ctypes.data % line
    return raw[begin : begin + size].view(MINER).reshape(shape)


class Models(NamedTuple):
    """The models that a stage of the contest holds; the last place of each column is the empty one."""

    facts: np.ndarray  #: records of `MODEL`, `[columns, miners + 1]`
    line: np.ndarray  #: owners that each was built on, its own included, as bits, int64 `[columns, miners + 1, words]`
    #: shares of the data sets trained on, `[columns, miners + 1, sets]`; no sets where data do not matter
    training_mix: np.ndarray

    @property
    def block(self) -> np.ndarray:
        """Blocks of commitments, `[miners + 1, columns]`."""
        return np.asarray(self.facts["block"].T)

    @property
    def loss(self) -> np.ndarray:
        """True reference losses, `[miners + 1, columns]`."""
        return np.asarray(self.facts["loss"].T)

    def owners(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Owners in the lines of the models in these places, `[some]` each: bool `[miners, some]`."""
        miner = np.arange(self.line.shape[1] - 1)
        words = self.line[columns, rows]
        return np.asarray((words[:, miner // BITS] >> (miner % BITS)) & 1 == 1).T


def no_models(miners: int, width: int, sets: int = 0, owners: int | None = None) -> Models:
    """Places for models, all of them empty; lineages are of so many owners, those of all miners when left out."""
    inf = np.inf
    facts = filled((width, miners + 1), MODEL, block=inf, loss=inf, base=inf, family=miners, twin=miners)
    line = np.zeros((width, miners + 1, words(miners if owners is None else owners)), np.int64)
    return Models(facts, line, np.full((width, miners + 1, sets), 1.0 / max(sets, 1)))


def words(miners: int) -> int:
    """Words of a lineage."""
    return -(-miners // BITS)


def lines_of(owners: Sequence[int]) -> np.ndarray:
    """The lines of as many models as there are owners, each given as the bits of a number: int64 `[models, words]`."""
    mask = (1 << BITS) - 1
    count = words(len(owners))
    return np.array([[(line >> BITS * word) & mask for word in range(count)] for line in owners], np.int64)


@inner
def copy(mine: np.ndarray, theirs: np.ndarray) -> None:
    """Write one row into another; a loop, which compiles to less than an assignment of rows."""
    for place in range(len(mine)):
        mine[place] = theirs[place]


@inner
def take(mine: Models, theirs: Models, c: int, m: int, place: int) -> None:
    """Take over miner m's model in column c from another stage, into a place."""
    mine.facts[c, place] = theirs.facts[c, m]
    copy(mine.line[c, place], theirs.line[c, m])
    copy(mine.training_mix[c, place], theirs.training_mix[c, m])


@inner
def owns(line: np.ndarray, miner: int) -> bool:
    """Whether a miner is among the owners in a line, int64 `[words]`; none is where no lineages are kept."""
    return miner // BITS < len(line) and (line[miner // BITS] >> (miner % BITS)) & 1 == 1


@inner
def count_shared(one: np.ndarray, other: np.ndarray) -> int:
    """How many owners are in both of two lines, int64 `[words]`."""
    count = 0
    for word in range(len(one)):
        both = one[word] & other[word]
        while both != 0:
            both &= both - 1  # the lowest bit goes
            count += 1
    return count


@inner
def similarity(family: int, line: np.ndarray, newer_family: int, newer_line: np.ndarray) -> float:
    """The share of the owners in a model's line whose work the newer model has in it too.

    A copy has everything of its original, and so has what was trained on it: 1. Models that go back to different runs
    from scratch have nothing in common: 0, as has a model without owners.
    """
    owners = count_shared(line, line)
    if family != newer_family or owners == 0:
        return 0.0
    return float(count_shared(line, newer_line) / owners)
