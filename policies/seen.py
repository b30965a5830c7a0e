"""What a policy may see beside an age: public history that every validator can recompute, never a true loss."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from policies.arrays import Array, namespace

Memory = Mapping[str, Array]
"""What a policy remembers, arrays `[lanes]`: a function of the news alone, so that whoever replays them has it."""


@dataclass(frozen=True)
class Seen:
    """Facts about the models whose ages are asked for; arrays in the shape of the ages, `[..., lanes]`.

    Attributes:
        since: blocks since the model was crowned; its age where it never was.
        gain: log loss by which it was better than the king before, as measured at its crowning; 0 where it never was.
        gap: days between its crowning and the one before; inf for the first king and where it never was.
        loss: its loss as measured last, nats per token; NaN where it never was.
        error: standard error of a paired comparison with it, as a share of its loss; NaN where nobody has measured it.
        memory: what the policy remembers, arrays `[lanes]`.
    """

    since: Array
    gain: Array
    gap: Array
    loss: Array
    error: Array
    memory: Memory = field(default_factory=dict)

    def of(self, lanes: Any, memory: Memory) -> "Seen":
        """The same for some lanes, with their memory."""
        facts = {f.name: getattr(self, f.name)[..., lanes] for f in fields(self) if f.name != "memory"}
        return replace(self, **facts, memory=memory)


@dataclass(frozen=True)
class News:
    """What one evaluation brought, arrays `[lanes]`.

    Attributes:
        block: when.
        judged: whether there was an evaluation.
        crowned: whether it made another king.
        gain: log loss by which the new king was measured to be better than the old one; 0 without a crown.
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
    """Empty history: nobody was ever crowned or measured."""
    xp = namespace(age)
    zero = xp.zeros_like(age)
    unknown = xp.full_like(zero, float("nan"))
    return Seen(age, zero, xp.full_like(zero, float("inf")), unknown, unknown, memory)
