"""The state of one validator in all columns; compiled loops work on it, and readers look at it."""

from typing import NamedTuple

import numpy as np

from sim.lanes import Columns
from sim.mechanism.pool import SEAT
from sim.models import Models, filled
from sim.validators.history import History
from sim.validators.queue import Queue, Work, empty_queue, work_space

NOBODY = -1
"""The king before there is one."""

STATE = np.dtype(
    [
        *((name, "i8") for name in ("king", "coming_king", "turn", "earners", "models", "retried")),
        *((name, "f8") for name in ("busy", "seconds")),
        *((name, "b1") for name in ("begun", "averaged", "changed", "lost")),
        *((name, "i8") for name in ("evaluations", "losses", "timeouts")),
    ],
    align=True,
)
"""A validator's state in a column.

- king, coming_king: by the weights that are set, and by those of the present step; -1 before the first.
- busy: block until which the present step lasts.
- turn: steps so far, of all competitions.
- begun, models, retried, lost, seconds: of the last step: whether it evaluated anything, how many models, from which
  place on they are retries, whether it was lost, and how long it takes.
- earners: how many miners are listed that have an average or a model in the last pool.
- averaged: whether there is a moving average; changed: whether there are weights that are not set yet.
- evaluations, losses, timeouts: counts so far.
"""


class Validator(NamedTuple):
    """One validator in all columns.

    Attributes:
        state: records of `STATE`, `[columns]`.
        miners: records of `MINER`, `[columns, miners]`: the miners themselves for the first validator, else work space.
        models: what it evaluates: for each miner the newest model that it has let in.
        queue: what waits.
        history: crowns and measurements; the crowns are the first validator's for all.
        average, coming, weights: moving averages, the weights that follow, and those that are set on chain, float32
            `[columns, miners]`.
        earners: miners that have an average or a model in the last pool, in their order, int `[columns, miners]`;
            `state.earners` of them count, and no other miner has weight.
        pools: the models of the last step, records of `SEAT`, `[columns, miners]`; `state.models` of them count.
        against, floors: advantages of a pool's models against each other, `[miners, miners]`; empty if no policy asks.
        effort: how much longer a miner's model takes than one of the usual size, `[miners]`.
        work: work space.
    """

    state: np.ndarray
    miners: np.ndarray
    models: Models
    queue: Queue
    history: History
    average: np.ndarray
    coming: np.ndarray
    weights: np.ndarray
    earners: np.ndarray
    pools: np.ndarray
    against: np.ndarray
    floors: np.ndarray
    effort: np.ndarray
    work: Work

    @property
    def king(self) -> np.ndarray:
        """The miner with the most weight by its own weights, int `[columns]`, -1 before the first."""
        return np.asarray(self.state["king"])

    @property
    def busy(self) -> np.ndarray:
        """Block until which its present step lasts, `[columns]`."""
        return np.asarray(self.state["busy"])

    def pool(self, column: int) -> np.ndarray:
        """The models of the last step in a column, records of `SEAT`."""
        return np.asarray(self.pools[column, : self.state["models"][column]])


def new_validator(
    columns: Columns, miners: np.ndarray, models: Models, history: History, effort: np.ndarray
) -> Validator:
    """A validator that has not evaluated anything; arguments as in `Validator`."""
    width, count = miners.shape
    pairs = (count, count) if columns.table["pairs"].any() else (0, 0)
    average, coming, weights = np.zeros((3, width, count), np.float32)
    return Validator(
        state=filled(width, STATE, king=NOBODY, coming_king=NOBODY),
        miners=miners,
        models=models,
        queue=empty_queue(count, width),
        history=history,
        average=average,
        coming=coming,
        weights=weights,
        earners=np.zeros((width, count), np.int32),
        pools=np.zeros((width, count), SEAT),
        against=np.empty(pairs),
        floors=np.empty(pairs),
        effort=effort,
        work=work_space(count),
    )


def start_with(validator: Validator, kings: np.ndarray) -> None:
    """Begin with these kings, int `[columns]`: what they have is evaluated, and all weight is theirs."""
    every = np.arange(len(kings)), kings
    validator.queue.kept[:, 0], validator.queue.keeps[:] = kings, 1
    validator.earners[:, 0], validator.state["earners"] = kings, 1
    validator.history.measured[every] = validator.models.facts["loss"][every]
    for weights in (validator.average, validator.coming, validator.weights, validator.miners["share"]):
        weights[every] = 1.0
    validator.state["averaged"] = True
    validator.state["king"] = validator.state["coming_king"] = kings
