"""Estimates of lanes, and their differences to the lane that each is fairly compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from experiments.compare import LaneResult
from experiments.estimate import estimate
from experiments.populations import BETWEEN


def policy_name(lane: LaneResult) -> str:
    """The lane's name without its population."""
    return lane.lane.removesuffix(f"{BETWEEN}{lane.population}")


def counterparts(lanes: Sequence[LaneResult], baseline: str) -> list[int]:
    """For each lane the place of the baseline's policy in the same population: a crowd is not a policy's merit."""
    place = {(policy_name(lane), lane.population): i for i, lane in enumerate(lanes)}
    base = next(i for i, lane in enumerate(lanes) if lane.lane == baseline)
    name = policy_name(lanes[base])
    return [place.get((name, lane.population), base) for lane in lanes]


def paired(
    lanes: Sequence[LaneResult], values: Mapping[str, np.ndarray], race: np.ndarray, base: Sequence[int]
) -> tuple[LaneResult, ...]:
    """The lanes with estimates of these values.

    Args:
        lanes: who they are.
        values: metric -> float64 `[lanes, worlds]`.
        race: the race or case of each world `[worlds]`.
        base: for each lane the place of the one whose values are taken off in the same worlds.
    """
    return tuple(
        replace(
            lane,
            metrics={metric: estimate(v[i], race) for metric, v in values.items()},
            differences={metric: estimate(v[i] - v[j], race) for metric, v in values.items()},
        )
        for i, (lane, j) in enumerate(zip(lanes, base, strict=True))
    )
