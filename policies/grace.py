"""P09: a grace period before another policy begins."""

from collections.abc import Sequence
from typing import Any, Self

from policies.arrays import Array
from policies.base import Policy
from policies.linear import Linear
from policies.parameter import blocks


class Grace(Policy):
    """Full advantage for `grace_blocks`, then the policy in `then`, whose clock starts only now.

    Covers evaluation delay and the ramp of the moving average, so that a king is paid before it is exposed.
    """

    formula = "then(max(age - grace_blocks, 0))"
    source = "SN6, NousResearch/finetuning-subnet PR 9 (2024-02-15): hold, then linear"
    fails = "pure rent for the incumbent when the grace outlasts a natural reign"

    grace_blocks = blocks("time at full advantage", 3_600, (0, 14_400), low=0)
    then: Policy

    def __init__(self, then: Policy | None = None, **given: object) -> None:
        super().__init__(**given)
        object.__setattr__(self, "then", Linear() if then is None else then)

    def curve(self, age: Array, xp: Any) -> Array:
        """Formula P09."""
        return self.then.curve(xp.maximum(age - self.grace_blocks, 0.0), xp)

    @classmethod
    def unchecked(cls, then: Policy | None = None, **values: Array) -> Self:
        """See `Policy.unchecked`."""
        policy = super().unchecked(**values)
        object.__setattr__(policy, "then", Linear() if then is None else then)
        return policy

    def on(self, like: Array) -> Self:
        """See `Policy.on`."""
        return type(self).unchecked(then=self.then.on(like), **super().on(like).values)

    def family(self) -> tuple[type, ...]:
        """See `Policy.family`: the inner policy counts too."""
        return (type(self), *self.then.family())

    @classmethod
    def stack(cls, policies: Sequence[Policy], repeat: int = 1) -> Policy:
        """See `Policy.stack`."""
        inner = [p.then for p in policies if isinstance(p, Grace)]
        return cls.unchecked(then=inner[0].stack(inner, repeat), **super().stack(policies, repeat).values)

    def spec(self) -> dict[str, Any]:
        """See `Policy.spec`."""
        return {self.name(): {**super().spec()[self.name()], "then": self.then.spec()}}
