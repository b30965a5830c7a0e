"""Which share of the miners follows each strategy in a lane."""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.recipe.play import strategy_text
from experiments.recipe.recipe import Spec
from sim.lanes import Lane
from sim.scenario import Scenario

Lanes = Mapping[str, tuple[Lane, ...]]  #: by case


def mixes(spec: Spec, lanes: Lanes) -> dict[str, dict[str, float]]:
    """For each lane the share of the miners that follow each strategy, deviants among them; the mean over cases."""
    return {
        lane.name: _mean_mix([(case, lanes[case.name][i]) for case in spec.scenarios])
        for i, lane in enumerate(spec.lanes)
        if lane.population is not None
    }


def count_miners(lane: Lane, miners: int) -> dict[str, int]:
    """How many of so many miners follow each strategy in a lane, deviants among them."""
    if lane.population is None:
        return {}
    strategies = lane.population.strategies
    count = np.bincount(lane.population.of_ranks(miners), minlength=len(strategies)).tolist()
    names = [strategy_text(strategy) for strategy in strategies]
    return {name: sum(n for n, each in zip(count, names, strict=True) if each == name) for name in names}


def _mean_mix(lanes: Sequence[tuple[Scenario, Lane]]) -> dict[str, float]:
    counts = [(case.miners, count_miners(lane, case.miners)) for case, lane in lanes]
    names = dict.fromkeys(name for _, count in counts for name in count)
    return {name: sum(count.get(name, 0) / miners for miners, count in counts) / len(counts) for name in names}
