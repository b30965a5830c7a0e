"""A policy around another one, which stands in `then`."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from policies.arrays import Array
from policies.base import Policy
from policies.linear import Linear
from policies.seen import INSIDE, Memory, News, Seen


class Nested(Policy):
    """Moves the clock or the bar of the policy in `then`, and is of the higher state class of the two.

    A subclass writes `then: Policy` into its body and calls `inner` in `shield`.

    Attributes:
        then: the policy inside.
        usual: the one that is taken when none is given.
    """

    then: Policy
    usual: ClassVar[type[Policy]] = Linear

    def __init__(self, then: Policy | None = None, **given: object) -> None:
        super().__init__(**given)
        self._hold(then)

    def inner(self, age: Array, seen: Seen, xp: Any) -> Array:
        """The advantage by the policy inside."""
        return self.then.shield(age, seen.inside(), xp)

    def begin(self, like: Array) -> Memory:
        """See `Policy.begin`: what the policy inside remembers has its name after `then.`."""
        return {**super().begin(like), **_put_inside(self.then.begin(like))}

    def remember(self, memory: Memory, news: News, xp: Any) -> Memory:
        """See `Policy.remember`: each of the two remembers its own."""
        own = {key: value for key, value in memory.items() if not key.startswith(INSIDE)}
        inner = {key.removeprefix(INSIDE): value for key, value in memory.items() if key.startswith(INSIDE)}
        return {**super().remember(own, news, xp), **_put_inside(self.then.remember(inner, news, xp))}

    @classmethod
    def unchecked(cls, then: Policy | None = None, **values: Array) -> Self:
        """See `Policy.unchecked`."""
        policy = super().unchecked(**values)
        policy._hold(then)
        return policy

    def on(self, like: Array) -> Self:
        """See `Policy.on`."""
        return type(self).unchecked(then=self.then.on(like), **super().on(like).values)

    def family(self) -> tuple[type, ...]:
        """See `Policy.family`: the policy inside counts too."""
        return (type(self), *self.then.family())

    @classmethod
    def stack(cls, policies: Sequence[Policy], repeat: int = 1) -> Policy:
        """See `Policy.stack`."""
        inner = [p.then for p in policies if isinstance(p, Nested)]
        return cls.unchecked(then=inner[0].stack(inner, repeat), **super().stack(policies, repeat).values)

    def spec(self) -> dict[str, Any]:
        """See `Policy.spec`."""
        return {self.name(): {**super().spec()[self.name()], "then": self.then.spec()}}

    def _hold(self, then: Policy | None) -> None:
        inner = self.usual() if then is None else then
        both = (type(self), inner)
        stores = dict.fromkeys(p.stores for p in both if p.state != "D")
        object.__setattr__(self, "then", inner)
        object.__setattr__(self, "state", max(p.state for p in both))  # "D" < "D+" < "V", also as text
        object.__setattr__(self, "pairs", any(p.pairs for p in both))
        object.__setattr__(self, "needs", tuple(sorted({need for p in both for need in p.needs})))
        object.__setattr__(self, "stores", "; ".join(stores) or Policy.stores)


def _put_inside(memory: Memory) -> Memory:
    return {INSIDE + key: value for key, value in memory.items()}
