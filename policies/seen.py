"""What a policy may see beside an age: public history that every validator can recompute, never a true loss."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf, nan
from typing import Any

import numpy as np

from policies.arrays import Array, namespace

Memory = Mapping[str, Array]
"""What a policy remembers, arrays `[lanes]`: a function of the news alone, so that whoever replays them has it."""

INSIDE = "then."
"""Before the names of what the policy in `then` remembers."""


@dataclass(frozen=True)
class Seen:
    """Facts about the models whose ages are asked for: arrays that broadcast to their shape, `[..., lanes]`.

    Attributes:
        since: blocks since the model was crowned; its age where it never was.
        gain: log loss by which it was better than the king before, as measured at its crowning; 0 where it never was.
        gap: days between its crowning and the one before; inf for the first king and where it never was.
        loss: its loss as measured last, nats per token; NaN where it never was.
        error: standard error of a paired comparison with it, as a share of its loss; NaN where nobody has measured it.
        now: the block that is asked about; NaN where nobody says.
        similarity: what of the model the challenger was built on: 0 nothing, 1 all of it; NaN where nobody says who
            challenges.
        memory: what the policy remembers, arrays `[lanes]`.
    """

    since: Array
    gain: Array
    gap: Array
    loss: Array
    error: Array
    now: Array = nan
    similarity: Array = nan
    memory: Memory = field(default_factory=dict)

    def of(self, lanes: Any, memory: Memory) -> "Seen":
        """The same for some lanes, with their memory."""
        facts = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "memory"}
        mine = {key: fact[..., lanes] if np.ndim(fact) else fact for key, fact in facts.items()}
        return replace(self, **mine, memory=memory)

    def versus(self, similarity: Array) -> "Seen":
        """The facts of models `[models, lanes]` against challengers: `[models, 1, lanes]`, with who is like whom.

        Args:
            similarity: `[models, challengers, lanes]`.
        """
        facts = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "memory"}
        wide = {key: fact[..., None, :] if np.ndim(fact) else fact for key, fact in facts.items()}
        return replace(self, **{**wide, "similarity": similarity})

    def inside(self) -> "Seen":
        """The same as the policy in `then` sees it, with its own memory."""
        if not self.memory:
            return self
        mine = {key.removeprefix(INSIDE): value for key, value in self.memory.items() if key.startswith(INSIDE)}
        return replace(self, memory=mine)


@dataclass(frozen=True)
class News:
    """What one evaluation brought, arrays `[lanes]`.

    Attributes:
        block: when.
        judged: whether there was an evaluation.
        crowned: whether it made another king, or the king had replaced his model by a better one.
        gain: log loss by which the new king's model was measured to be better than the old one; 0 without a crown.
        gap: days since the crown before; inf for the first.
        loss: measured loss of the king; NaN before the first.
        best: the largest measured gain over the king among the other models; -inf without any.
        error: standard error of a paired comparison, as a share of the loss.
    """

    block: Array
    judged: Array
    crowned: Array
    gain: Array
    gap: Array
    loss: Array
    best: Array
    error: Array


def nothing(age: Array, memory: Memory) -> Seen:
    """Empty history, for ages in float64: nobody was ever crowned or measured."""
    xp = namespace(age)
    zero, never, unknown = (xp.asarray(value, dtype=xp.float64, device=age.device) for value in (0.0, inf, nan))
    return Seen(age, zero, never, unknown, unknown, unknown, unknown, memory)
