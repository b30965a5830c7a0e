"""Rules that validators have and simulated contests lack: several competitions at once, and those of old releases."""

import math
from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np

from sim.mechanism.keep import worth_retrying
from sim.mechanism.tracker import normalise, paid, record_step

Running = TypeVar("Running")

EPOCH_BLOCKS = 361
"""Blocks per epoch in SN29's formula."""

ATTEMPTS = 2
"""Evaluations of a model that has never had a finite loss."""


def turn(running: Sequence[Running], global_step: int) -> Running:
    """The competition that a step evaluates: round robin over the running ones."""
    return running[global_step % len(running)]


def advantage(now: float, block: float, initial: float = 0.004, decay: float = 0.995) -> float:
    """SN29's epsilon, `initial * decay^(age / 361)`; 0 for a model that is newer than `now`.

    As a policy it is half-life with a half-life of 361 * ln 2 / -ln(decay) blocks and no floor.
    """
    return 0.0 if now < block else initial * math.pow(decay, (now - block) / EPOCH_BLOCKS)


def retry(attempts: int, score: float, winner_score: float, epsilon: float) -> bool:
    """Whether a known model is evaluated again; one without any finite loss is, until it has failed twice.

    Args:
        attempts: evaluations that the history holds.
        score, winner_score, epsilon: as in `worth_retrying`; `score` is inf where no evaluation gave a finite loss.
    """
    if score == math.inf:
        return attempts < ATTEMPTS
    return bool(worth_retrying(score, winner_score, epsilon))


def blend(main: np.ndarray, experiment: np.ndarray, share: float = 0.123) -> np.ndarray:
    """Step weights of the 7B* experiment, float32 (SN9 v4.1.0, d017f7b): a mix of the verdicts under two epsilons.

    Args:
        main, experiment: the same pool with the `weight` of either epsilon.
        share: weight of the experiment in the mix.
    """
    mixed: np.ndarray = main["weight"] * np.float32(1 - share) + experiment["weight"] * np.float32(share)
    return mixed


class Tracker:
    """Moving averages of one validator over all its competitions, float32 `[neurons]`.

    A uid's average is not reset when another miner takes the uid, as in the original.

    Args:
        neurons: length of the first vectors.
        alpha: weight of the old average.
    """

    def __init__(self, neurons: int, alpha: float) -> None:
        self.neurons = neurons
        self.alpha = alpha
        self.average: dict[int, np.ndarray] = {}

    def record(self, competition: int, weights: np.ndarray) -> None:
        """Take in the weights of one step, `[neurons]`.

        Raises:
            ValueError: fewer neurons than before (the original asserts this; nothing changes).
        """
        if len(weights) < self.neurons:
            raise ValueError(
                f"{len(weights)} neurons were recorded, but there were {self.neurons} before; "
                f"the number of neurons cannot shrink"
            )
        for other, old in self.average.items():
            self.average[other] = np.pad(old, (0, len(weights) - self.neurons))
        self.neurons = len(weights)
        begun = competition in self.average
        average = self.average.setdefault(competition, np.zeros(self.neurons, dtype=np.float32))
        record_step(average, begun, np.array(weights, dtype=np.float32), float(self.alpha))

    def reset(self, keep: Collection[int]) -> None:
        """Forget the competitions that left the schedule."""
        self.average = {c: v for c, v in self.average.items() if c in keep}

    def subnet(self, competitions: Sequence[tuple[int, float]], threshold: float = 0.0) -> np.ndarray:
        """The weights for the chain, float32 `[neurons]`: averages mixed by reward share, then normalised.

        A competition without an average is skipped; a threshold changes the averages, see `paid`.
        """
        total, share = (np.zeros(self.neurons, dtype=np.float32) for _ in range(2))
        for competition, reward in competitions:
            if competition in self.average:
                paid(self.average[competition], float(threshold), share)
                total += share * np.float32(reward)
        normalise(total)
        return total
