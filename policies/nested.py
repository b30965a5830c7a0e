"""A policy around another one, the policy inside, which is its attribute `then`."""

from typing import Any, ClassVar, Self

from policies.base import Policy
from policies.epsilon.linear import Linear
from policies.seen import Memory, News, Seen


class Nested(Policy):
    """Changes the age or the advantage of the policy inside; its state class is the higher one of the two.

    A subclass calls `inner` in `shield`.
    """

    then: Policy  #: the policy inside
    usual: ClassVar[type[Policy]] = Linear  #: its class when none is given

    def __init__(self, /, then: Policy | None = None, **given: object) -> None:
        inner = self.usual() if then is None else then
        both = (type(self), inner)
        stores = dict.fromkeys(p.stores for p in both if p.state != "D")
        self.__dict__.update(  # because `__setattr__` refuses
            then=inner,
            state=max(p.state for p in both),  # "D" < "D+" < "V", also as text
            pairs=any(p.pairs for p in both),
            needs=tuple(sorted({need for p in both for need in p.needs})),
            stores="; ".join(stores) or Policy.stores,
        )
        super().__init__(**given)

    def inner(self, age: float, seen: Seen) -> float:
        """The advantage by the policy inside."""
        return self.then.shield(age, seen)

    @property
    def fees(self) -> tuple[float, ...]:
        """See `Policy.fees`: those of the policy inside."""
        return self.then.fees

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

    def spec(self) -> dict[str, Any]:
        """See `Policy.spec`."""
        return {self.name(): {**super().spec()[self.name()], "then": self.then.spec()}}
