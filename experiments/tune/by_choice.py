"""Choices first, then all their numbers at once: a sampler of many numbers that learns family by family."""

from collections.abc import Collection
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from experiments.tune.space import Space


class ByChoice(BaseSampler):
    """Lets another sampler choose, and then draw the numbers of the choice together, from the trials that have them.

    The sampler by itself would draw the numbers of every family for every trial, or each number alone.

    Args:
        inner: who draws; made for one trial.
        space: the search space.
        strict: whether it cannot be shown a finished trial of another choice, which has none of the numbers.
    """

    def __init__(self, inner: BaseSampler, space: Space, strict: bool = False) -> None:
        self._inner, self._space, self._strict = inner, space, strict
        self._numbers: dict[str, Any] | None = None

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The choices."""
        return {choice.name: choice.distribution() for choice in self._space.choices}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """See `optuna.samplers.BaseSampler`."""
        return self._inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """The first number asks for all of them."""
        if self._numbers is None and all(choice.name in trial.params for choice in self._space.choices):
            asked = {axis.name: axis.distribution() for axis in self._space.asked(trial.params)}
            several = {name: each for name, each in asked.items() if not each.single()}
            shown = _Alike(study, several.keys()) if self._strict else study
            self._numbers = self._inner.sample_relative(shown, trial, several)  # type: ignore[arg-type]
        if self._numbers and param_name in self._numbers:
            return self._numbers[param_name]
        return self._inner.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """See `optuna.samplers.BaseSampler`."""
        self._inner.before_trial(study, trial)


class _Alike:
    """A study as if its finished trials were only those that have these numbers."""

    def __init__(self, study: Study, names: Collection[str]) -> None:
        self._study, self._names = study, set(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *arguments: Any, **options: Any) -> list[FrozenTrial]:
        found = self._study._get_trials(*arguments, **options)
        return [each for each in found if not each.state.is_finished() or self._names <= each.params.keys()]
