"""One axis of a search space: a number between two bounds, walked evenly, by its logarithm, or in whole steps."""

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Scale = Literal["linear", "log", "integer"]


@dataclass(frozen=True)
class Dimension:
    """A number that is searched.

    Attributes:
        name: of the number, in the storage and in tables; `linear.start`.
        low, high: the bounds, both included.
        scale: how the range is walked.
    """

    name: str
    low: float
    high: float
    scale: Scale = "linear"

    def value(self, unit: float) -> float:
        """The number at a place from 0 to 1."""
        if self.scale == "log":
            found = exp(log(self.low) + unit * (log(self.high) - log(self.low)))
        elif self.scale == "integer":
            found = float(min(self.low + int(unit * (self.high - self.low + 1)), self.high))
        else:
            found = self.low + unit * (self.high - self.low)
        return min(max(found, self.low), self.high)  # rounding

    def unit(self, value: float) -> float:
        """The place of a number from 0 to 1; of a whole one the middle of its step."""
        if self.low == self.high:
            return 0.5
        if self.scale == "log":
            return (log(value) - log(self.low)) / (log(self.high) - log(self.low))
        if self.scale == "integer":
            return (value - self.low + 0.5) / (self.high - self.low + 1)
        return (value - self.low) / (self.high - self.low)

    def distribution(self) -> "BaseDistribution":
        """The same for Optuna."""
        from optuna.distributions import FloatDistribution, IntDistribution  # noqa: PLC0415 - a slow import

        if self.scale == "integer":
            return IntDistribution(int(self.low), int(self.high))
        return FloatDistribution(self.low, self.high, log=self.scale == "log")

    def suggest(self, trial: Any) -> float:
        """What a trial has here, or is given now."""
        if self.scale == "integer":
            return float(trial.suggest_int(self.name, int(self.low), int(self.high)))
        return float(trial.suggest_float(self.name, self.low, self.high, log=self.scale == "log"))


@dataclass(frozen=True)
class Choice:
    """One of several things by name.

    Attributes:
        name: of the choice.
        options: the things.
    """

    name: str
    options: tuple[str | float, ...]

    def distribution(self) -> "BaseDistribution":
        """The same for Optuna."""
        from optuna.distributions import CategoricalDistribution  # noqa: PLC0415 - a slow import

        return CategoricalDistribution(self.options)

    def value(self, unit: float) -> str | float:
        """The option at a place from 0 to 1."""
        return self.options[min(int(unit * len(self.options)), len(self.options) - 1)]

    def suggest(self, trial: Any) -> Any:
        """What a trial has here, or is given now; where there is nothing to choose, no question is asked."""
        return self.options[0] if len(self.options) == 1 else trial.suggest_categorical(self.name, self.options)
