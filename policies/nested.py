"""A policy around another one, the policy inside, which is its attribute `then`."""

from typing import Any, ClassVar, Self

from policies.base import Policy
from policies.epsilon.linear import Linear
from policies.seen import Memory, News, Seen


class Nested(Policy):
    """Changes the age or the advantage of the policy inside; its state class is the higher one of the two.

    A subclass has `then: Policy` in its body and calls `inner` in `shield`.

    Attributes:
        then: the policy inside.
        usual: class of the policy inside when none is given.
    """

    then: Policy
    usual: ClassVar[type[Policy]] = Linear

    def __init__(self, /, then: Policy | None = None, **given: object) -> None:
        self._hold(then)
        super().__init__(**given)

    def inner(self, age: float, seen: Seen) -> float:
        """The advantage by the policy inside."""
        return self.then.shield(age, seen)

    @property
    def learns(self) -> bool:
        """See `Policy.learns`."""
        return bool(self.remembers) or self.then.learns

    def begin(self) -> Memory:
        """See `Policy.begin`: the memory of the policy inside is in `then`."""
        return Memory(self.then.begin(), **dict(self.remembers))

    def remembering(self, memory: Memory) -> Self:
        """See `Policy.remembering`."""
        twin = super().remembering(memory)
        twin.__dict__["then"] = self.then.remembering(memory.then)
        return twin

    def remember(self, memory: Memory, news: News) -> None:
        """See `Policy.remember`: both policies update their own memory."""
        super().remember(memory, news)
        self.then.remember(memory.then, news)

    @classmethod
    def unchecked(cls, then: Policy | None = None, **values: Any) -> Self:
        """See `Policy.unchecked`."""
        made = cls.__new__(cls)
        made._hold(then)
        made._freeze({key: float(values.get(key, p.default)) for key, p in cls.parameters().items()})
        return made

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
