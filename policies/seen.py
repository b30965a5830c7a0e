"""What a policy may read beside an age: public history that every validator can recompute, never a true loss."""

from math import inf, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from policies.errors import nearest


class Seen(NamedTuple):
    """Facts about the model of which the advantage is asked; the defaults are those of a model without any history."""

    since: float  #: blocks since the model was crowned; its age if it never was
    gain: float = 0.0  #: log loss by which it was better than the king before, as measured at its crown
    gap: float = inf  #: days between its crown and the one before; inf for the first king and if it never was king
    loss: float = nan  #: its loss as measured last, nats per token
    error: float = nan  #: standard error of a paired comparison with it, as a share of its loss
    now: float = nan  #: the present block
    similarity: float = nan  #: of the challenger to the model: 0 nothing in common, 1 a copy
    option: float = 0.0  #: which option of a protection menu its miner has chosen for it, counted from 0


class News(NamedTuple):
    """The public outcome of one evaluation."""

    block: float  #: block of the evaluation
    crowned: bool = False  #: whether there is another king, or the king has replaced its model by a better one
    gain: float = 0.0  #: log loss by which the new king's model was measured to be better; 0 without a crown
    gap: float = inf  #: days since the crown before; inf for the first
    loss: float = nan  #: measured loss of the king; NaN before the first
    best: float = -inf  #: the largest measured gain over the king among the other models; -inf without any
    error: float = nan  #: standard error of a paired comparison, as a share of the loss


class Memory:
    """Numbers by name, which change in place; no name is added or lost."""

    then: "Memory"  #: memory of the policy inside, for a policy around another one

    def __init__(self, then: Any = None, **numbers: float) -> None:
        self.__dict__.update({name: float(number) for name, number in numbers.items()})
        if then is not None:
            self.__dict__["then"] = then

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...

    def __setattr__(self, name: str, number: float) -> None:
        numbers = self.numbers()
        if name not in numbers:
            hint = nearest(name, numbers)
            raise AttributeError(f"nothing called {name!r} is remembered; `remembers` names all that is: {hint}")
        self.__dict__[name] = float(number)

    def numbers(self) -> dict[str, float]:
        """Its own numbers by name, in their order, without those of `then`."""
        return {name: number for name, number in self.__dict__.items() if name != "then"}

    def copy(self) -> "Memory":
        """An independent copy."""
        then = self.__dict__.get("then")
        return Memory(then.copy() if then is not None else None, **self.numbers())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Memory) and repr(self) == repr(other)

    __hash__ = None  # type: ignore[assignment] # it changes, so it cannot be a key

    def __repr__(self) -> str:
        return f"Memory({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
