"""Models as records of arrays: one model per miner and column, and one row more that is nobody's."""

from policies.arrays import Array, namespace
from sim.backend import Backend

BITS = 62
"""Owners per word of a lineage: whole numbers of 64 bits with a sign, in every array library."""


class Models:
    """The models that a stage of the contest holds, arrays `[miners + 1, columns]`; the last row is the empty slot.

    Attributes:
        block: block of the commitment; inf where there is none.
        loss: true reference loss, nats per token: on the data that the law speaks of, without what the mixture of data
            adds; inf where there is none.
        base: the same without the luck of the seed, which whoever trains on does not inherit.
        family: the miner whose run from scratch it descends from; `miners` is the public model's.
        twin: the miner whose evaluation noise it has: its owner, or for a copy the owner of the original.
        rough: sd of the noise that a perturbed copy has against its original, as a share of a model's own noise.
        copied: whether it is somebody else's model.
        line: owners that it was built on, its own included, as bits `[words, miners + 1, columns]`.
        diet: shares of the sets that it was trained on, `[sets, miners + 1, columns]`; None where data do not matter.
    """

    NAMES = ("block", "loss", "base", "family", "twin", "rough", "copied", "line", "diet")

    def __init__(self, place: Backend, miners: int, width: int, sets: int = 0) -> None:
        shape = (miners + 1, width)
        self.block = place.full(shape, float("inf"))
        self.loss = place.full(shape, float("inf"))
        self.base = place.full(shape, float("inf"))
        self.family = place.full(shape, miners, "int64")
        self.twin = place.full(shape, miners, "int64")
        self.rough = place.full(shape, 0.0)
        self.copied = place.full(shape, False, "bool")
        self.line = place.full((words(miners), *shape), 0, "int64")
        self.diet: Array = place.full((sets, *shape), 1.0 / sets) if sets else None

    def take(self, other: "Models", rows: Array, columns: Array) -> None:
        """Take over another stage's models in places `(rows, columns)`, `[some]` each."""
        for name in self.NAMES:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine is not None:
                mine[..., rows, columns] = theirs[..., rows, columns]

    def fare(self, rows: Array, columns: Array) -> Array:
        """The diets of the models in these places, `[sets, ...]`; None where data do not matter."""
        return None if self.diet is None else self.diet[:, rows, columns]

    def owners(self, rows: Array, columns: Array) -> Array:
        """Who is in the lines of the models in these places, `[some]` each: bool `[miners, some]`."""
        xp = namespace(self.line)
        miner = xp.arange(self.line.shape[1] - 1, device=self.line.device)
        words = self.line[:, rows, columns]
        return (words[miner // BITS, :] >> (miner % BITS)[:, None]) & 1 == 1


def words(miners: int) -> int:
    """Words of a lineage."""
    return -(-miners // BITS)
