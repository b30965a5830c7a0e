"""The contract: what every policy is and promises. `policies.contract` holds its laws as tests."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from policies.arrays import Array, namespace
from policies.declared import Declared
from policies.seen import Memory, News, Seen, nothing


class Policy(Declared):
    """A frozen value whose one job is to say how large an advantage a model of a given age has.

    A subclass declares its parameters in its body, writes its formula down once in `curve`, and is found by
    the file it stands in. Its parameters are numbers, or arrays whose last axis is the lanes.

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

    def epsilon(self, age: Array, seen: Seen | None = None) -> Array:
        """The advantage of models of the given ages.

        Args:
            age: blocks since the model's commitment, any shape, trailing axis lanes; negative is 0, inf is
                allowed.
            seen: public history, for the policies that read it; without it they answer as for an empty history.

        Returns:
            The fraction of loss, in the shape of `age` (broadcast with the parameters), 0 <= epsilon < 1.
        """
        xp = namespace(age)
        if xp is np:
            here, age = self, np.maximum(np.asarray(age, dtype=np.float64), 0.0)
        else:
            age = xp.astype(age, xp.float64)
            here, age = self.on(age), xp.where(age < 0, 0.0, age)
        return here.shield(age, seen or nothing(age, here.begin(age)), xp)

    @property
    def reads(self) -> bool:
        """Whether epsilon depends on more than the age."""
        return self.state != "D"

    def curve(self, age: Array, xp: Any) -> Array:
        """The formula of the age alone, for float64 ages >= 0; `xp` is the array library, or floats when exported."""
        raise NotImplementedError(f"{type(self).__name__} must define curve(age, xp)")

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """The formula of a policy that reads history or has another one inside; by default the age alone counts."""
        return self.curve(age, xp)

    def begin(self, like: Array) -> Memory:
        """What the policy remembers before anything has happened, arrays `[lanes]` in the library of `like`."""
        xp = namespace(like)
        return {key: xp.full_like(like, value, dtype=xp.float64) for key, value in self.remembers}

    def remember(self, memory: Memory, news: News, xp: Any) -> Memory:
        """What it remembers after the news: a pure function, so that replayed news give the same memory."""
        after = self.learn(memory, news, xp)
        return {key: xp.where(news.judged, after[key], before) for key, before in memory.items()}

    def learn(self, memory: Memory, news: News, xp: Any) -> Memory:
        """What it remembers after an evaluation, by the names in `remembers`; a policy with memory defines it."""
        return memory

    def on(self, like: Array) -> Self:
        """The same policy with its parameters in the array library and on the device of `like`."""
        xp = namespace(like)
        # torch would share the memory of a frozen array, and warns about it
        free = {key: v.copy() if isinstance(v, np.ndarray) else v for key, v in self.values.items()}
        move = {key: xp.asarray(v, dtype=xp.float64, device=like.device) for key, v in free.items()}
        return type(self).unchecked(**move)

    def family(self) -> tuple[type, ...]:
        """Policies of one family can be stacked: same formula, other numbers."""
        return (type(self),)

    @classmethod
    def stack(cls, policies: Sequence["Policy"], repeat: int = 1) -> "Policy":
        """Policies of one family as one policy over lanes, each repeated `repeat` times side by side."""
        lanes = {key: np.array([p.values[key] for p in policies], dtype=float) for key in policies[0].values}
        return cls.unchecked(**{key: np.repeat(values, repeat) for key, values in lanes.items()})
