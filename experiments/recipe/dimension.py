"""One axis of a search space: a number between two bounds, or a choice of one of several options."""

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Scale = Literal["linear", "log", "integer"]


@dataclass(frozen=True)
class Dimension:
    """A number that is searched, between two bounds that are included."""

    name: str  #: in the storage and in tables, such as `linear.start`
    low: float
    high: float
    scale: Scale = "linear"  #: the range is searched evenly, evenly in the logarithm, or in whole numbers

    def value(self, unit: float) -> float:
        """The number at a coordinate from 0 to 1."""
        if self.scale == "integer":
            return int(min(self.low + int(unit * (self.high - self.low + 1)), self.high))
        if self.scale == "log":
            number = exp(log(self.low) + unit * (log(self.high) - log(self.low)))
        else:
            number = self.low + unit * (self.high - self.low)
        return min(max(number, self.low), self.high)  # rounding may leave the bounds

    def distribution(self) -> "BaseDistribution":
        """The dimension for Optuna."""
        from optuna.distributions import FloatDistribution, IntDistribution  # noqa: PLC0415 - a slow import

        if self.scale == "integer":
            return IntDistribution(int(self.low), int(self.high))
        return FloatDistribution(self.low, self.high, log=self.scale == "log")

    def suggest(self, trial: Any) -> float:
        """The number that an Optuna trial has, or that its sampler draws now."""
        if self.scale == "integer":
            return float(trial.suggest_int(self.name, int(self.low), int(self.high)))
        return float(trial.suggest_float(self.name, self.low, self.high, log=self.scale == "log"))


@dataclass(frozen=True)
class Choice:
    """A choice of one of several options."""

    name: str
    options: tuple[str | float, ...]

    def value(self, unit: float) -> str | float:
        """The option at a coordinate from 0 to 1."""
        return self.options[min(int(unit * len(self.options)), len(self.options) - 1)]

    def distribution(self) -> "BaseDistribution":
        """The choice for Optuna."""
        from optuna.distributions import CategoricalDistribution  # noqa: PLC0415 - a slow import

        return CategoricalDistribution(self.options)

    def suggest(self, trial: Any) -> Any:
        """The option that an Optuna trial has, or that its sampler draws now."""
        return trial.suggest_categorical(self.name, self.options)
