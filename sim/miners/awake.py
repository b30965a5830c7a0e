"""Those who look up in one step of the clock."""

from dataclasses import dataclass

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.miners.progress.course import Looks


@dataclass(frozen=True)
class Awake:
    """Miners who look up; arrays `[rows]`.

    Attributes:
        step, now: number and block of the step.
        rows: who, int of numpy; `at` is the same where arrays live.
        look: the number of each one's look.
        block: the block of it.
        days: length of the interval that ends with it, `[rows, 1]`.
    """

    step: int
    now: int
    rows: np.ndarray
    at: Array
    look: np.ndarray
    block: np.ndarray
    days: np.ndarray


def awake(looks: Looks, place: Backend, step: int, now: int, until: int) -> Awake:
    """Who looks up in `[now, until)`."""
    number = np.maximum(-((looks.phase - now) // looks.every), 0)
    block = looks.phase + number * looks.every
    rows = np.flatnonzero(block < until)
    look = number[rows]
    return Awake(step, now, rows, place.array(rows), look, block[rows], looks.days(rows, look))
