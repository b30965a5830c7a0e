"""The contract: what every policy is and promises. `policies.testing` holds its laws as tests."""

from typing import Any, ClassVar, Self

import numpy as np

from policies.declared import Declared
from policies.errors import PolicyError
from policies.faults import failed, not_a_number
from policies.seen import Memory, News, Seen, nothing


class Policy(Declared):
    """A frozen value whose one job is to say how large an advantage a model of a given age has.

    A subclass declares its parameters in its body, writes its formula down once, for one model, in `curve` or `shield`,
    and is found by the file it stands in. Formulas are plain functions of numbers, so that they can be compiled.

    Attributes:
        formula: the formula in words that a person can read.
        source: who proposed or deployed it.
        fails: the known failure modes.
        state: D pure drop-in, D+ with one number per king, V needs the validators' shared history.
        needs: what the scenario must have: `errors` (standard errors of comparisons), `lineage` (who built on whom).
        pairs: whether the advantage depends on the challenger too.
        stores: what a validator has to store, and all of them have to agree on.
        remembers: the names of what it remembers, each with the number that it begins with.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    fails: ClassVar[str] = ""
    state: ClassVar[str] = "D"
    needs: ClassVar[tuple[str, ...]] = ()
    pairs: ClassVar[bool] = False
    stores: ClassVar[str] = "nothing beside the two blocks"
    remembers: ClassVar[tuple[tuple[str, float], ...]] = ()

    def epsilon(self, ages: Any, seen: Seen | None = None) -> Any:
        """The advantage of models of the given ages.

        Args:
            ages: blocks since the commitments, a number or an array of any shape; negative is 0, inf is allowed.
            seen: public history, for the policies that read it: numbers, or arrays that broadcast with the ages.
                Without it they answer as for an empty history.

        Returns:
            The fraction of loss, float64 in the shape of `ages`, 0 <= epsilon < 1.

        Raises:
            PolicyError: the formula fails or gives no number; the message says where.
        """
        asked, *facts = np.broadcast_arrays(*(np.asarray(values, np.float64) for values in (ages, *(seen or ()))))
        rows = zip(asked.ravel().tolist(), *(fact.ravel().tolist() for fact in facts), strict=True)
        found = [self.advantage(age, Seen(*known) if known else None) for age, *known in rows]
        return np.array(found, dtype=np.float64).reshape(asked.shape)[()]

    def advantage(self, age: float, seen: Seen | None = None) -> float:
        """The advantage of one model: `epsilon` for numbers, without arrays."""
        age = 0.0 if age < 0.0 else age
        try:
            found = self.shield(age, nothing(age) if seen is None else seen)
        except PolicyError:
            raise
        except Exception as error:
            raise failed(self, "shield", f"at age {age!r}", error) from error
        if not isinstance(found, float | int) or found != found:  # noqa: PLR0124 - NaN is what differs from itself
            raise not_a_number(self, "shield", f"at age {age!r}", found)
        return float(found)

    @property
    def reads(self) -> bool:
        """Whether epsilon depends on more than the age."""
        return self.state != "D"

    @property
    def learns(self) -> bool:
        """Whether it remembers anything, or a policy inside does."""
        return bool(self.remembers)

    @property
    def memory(self) -> Memory:
        """What it remembers: at first, what it begins with."""
        own: Memory | None = self.__dict__.get("_memory")
        return self.begin() if own is None else own

    def curve(self, age: float) -> float:
        """The formula of the age alone, for ages >= 0, which may be inf."""
        raise NotImplementedError(f"{type(self).__name__} must define curve(age)")

    def shield(self, age: float, seen: Seen) -> float:
        """The formula of a policy that reads history or has another one inside; by default the age alone counts."""
        return self.curve(age)

    def learn(self, memory: Memory, news: News) -> None:
        """Changes what it remembers after an evaluation; a policy with memory defines it."""
        raise NotImplementedError(f"{type(self).__name__} remembers something, so it must define learn(memory, news)")

    def begin(self) -> Memory:
        """What the policy remembers before anything has happened, for `remember` to change."""
        return Memory(**dict(self.remembers))

    def remembering(self, memory: Memory) -> Self:
        """The same policy with that memory; it shares the memory, and so learns what that is told later."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, _memory=memory)
        return twin

    def remember(self, memory: Memory, news: News) -> None:
        """Let `memory` take in an evaluation: a pure function of both, so that replayed news give the same memory.

        Raises:
            PolicyError: `learn` fails; the message says where.
        """
        if self.remembers:
            try:
                self.remembering(memory).learn(memory, news)
            except PolicyError:
                raise
            except Exception as error:
                raise failed(self, "learn", f"at the evaluation {news!r}", error) from error

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, Policy) and self.memory == other.memory

    __hash__ = Declared.__hash__
