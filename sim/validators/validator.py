"""The state of one validator in all columns; compiled loops work on it, and readers look at it."""

from math import inf, nan
from typing import NamedTuple

import numpy as np

from sim.alarm import ALARM
from sim.lanes import Columns
from sim.mechanism.dethrone import NOBODY
from sim.mechanism.pool import SEAT
from sim.models import Models, filled

STATE = np.dtype(
    [
        *((name, "i8") for name in ("king", "coming_king")),  #: by the weights set, and by the present step's; -1: none
        ("turn", "i8"),  #: steps so far, of all competitions
        ("earners", "i8"),  #: how many miners are listed that have an average or a model in the last pool
        *((name, "i8") for name in ("models", "retried")),  #: models in the last step, and from which place on retries
        *((name, "f8") for name in ("busy", "seconds")),  #: block until which the step lasts, and how long it takes
        *((name, "b1") for name in ("begun", "averaged")),  #: the last step evaluated anything; there is an average
        *((name, "b1") for name in ("changed", "lost")),  #: there are weights not set yet; the last step was lost
        *((name, "i8") for name in ("evaluations", "losses", "timeouts")),  #: counts so far
        *((name, "i8") for name in ("keeps", "waits")),  #: models that are kept for the next step, and that wait
        ("hopes", "i8"),  #: models that were dropped but are hopeful
        ("retries", "i8"),  #: count so far
    ],
    align=True,
)
"""A validator's state in a column."""

DROPPED = np.dtype(
    [("hopeful", "b1"), ("winner", "i8"), ("score", "f8"), ("winner_score", "f8"), ("winner_block", "f8")], align=True
)
"""What is remembered of a miner's model that fell out of the keep-set: whether it may win one day, its measured loss,
and the winner of its last evaluation: miner, measured loss and commit block."""


class Work(NamedTuple):
    """Work space of loops over models, `[miners]` each."""

    plain: np.ndarray
    key: np.ndarray
    order: np.ndarray
    by_loss: np.ndarray
    found: np.ndarray
    means: np.ndarray
    step: np.ndarray
    weights: np.ndarray


CROWN = np.dtype([("crowned", "f8"), ("gain", "f8"), ("gap", "f8")], align=True)
"""What is known of a model's crown: its block (inf where it never was king), the log loss by which the model was
measured to be better than the king before, and the days since the crown before (inf for the first)."""

THRONE = np.dtype([("last", "f8"), ("king", "i8"), ("score", "f8"), ("block", "f8")], align=True)
"""The block of the last crown (inf before the first), the king by the last evaluation (-1 before the first), and the
measured loss and the commit block of its model."""

NO_ERRORS = np.zeros((0, 2))
"""Where standard errors follow from kinship alone."""


class History(NamedTuple):
    """What is known of crowns and measurements. True losses never enter."""

    crowns: np.ndarray  #: records of `CROWN`, `[columns, miners + 1]`
    thrones: np.ndarray  #: records of `THRONE`, `[columns]`
    #: losses as the first validator measured them last, without what all models of that step shared, nats, `[columns,
    #: miners + 1]`; NaN before
    measured: np.ndarray
    kin: float  #: sd of the difference of two near relatives in one evaluation, nats
    stranger: float  #: the same of two unrelated models
    #: sd of the difference of each model of a script to another one, by the number of its commitment: the part that is
    #: absolute, in the unit of the loss, and the part that is a share of the loss, `[commitments + 1, 2]`; empty where
    #: kinship decides
    errors: np.ndarray
    alarm: np.ndarray  #: records of `ALARM`, `[1]`


def new_history(miners: int, width: int, kin: float, stranger: float, errors: np.ndarray = NO_ERRORS) -> History:
    """The history before anything has happened."""
    crowns = filled((width, miners + 1), CROWN, crowned=inf, gap=inf)
    thrones = filled(width, THRONE, last=inf, king=-1, score=nan, block=nan)
    measured = np.full((width, miners + 1), nan)
    return History(crowns, thrones, measured, kin, stranger, errors, np.zeros(1, ALARM))


class Validator(NamedTuple):
    """One validator in all columns."""

    state: np.ndarray  #: records of `STATE`, `[columns]`
    #: records of `MINER`, `[columns, miners]`: the miners themselves for the first validator, else work space
    miners: np.ndarray
    models: Models  #: what it evaluates: for each miner the newest model that it has let in
    #: miners whose models are evaluated again in the next step, int `[columns, miners]`; `state.keeps` count
    kept: np.ndarray
    #: miners whose commitments wait, by block, int `[columns, miners]`; `state.waits` of them count
    waiting: np.ndarray
    dropped: np.ndarray  #: records of `DROPPED`, `[columns, miners]`
    history: History  #: crowns and measurements; the crowns are the first validator's for all
    average: np.ndarray  #: moving averages, float32 `[columns, miners]`
    coming: np.ndarray  #: the weights that follow, likewise
    weights: np.ndarray  #: those that are set on chain, likewise
    #: miners that have an average or a model in the last pool, in their order, int `[columns, miners]`; `state.earners`
    #: of them count, and no other miner has weight
    earners: np.ndarray
    #: the models of the last step, records of `SEAT`, `[columns, miners]`; `state.models` of them count
    pools: np.ndarray
    #: advantages of a pool's models against each other, `[miners, miners]`; empty if no policy asks
    against: np.ndarray
    floors: np.ndarray  #: the same after full decay
    effort: np.ndarray  #: how much longer a miner's model takes than one of the usual size, `[miners]`
    work: Work

    @property
    def king(self) -> np.ndarray:
        """The miner with the most weight by its own weights, int `[columns]`, -1 before the first."""
        return np.asarray(self.state["king"])

    @property
    def busy(self) -> np.ndarray:
        """Block until which its present step lasts, `[columns]`."""
        return np.asarray(self.state["busy"])

    def stored(self, remembers: bool) -> np.ndarray:
        """How many models it has to store, int `[columns]`; dropped ones that may come back only if it `remembers`."""
        return np.asarray(self.state["keeps"] + (self.state["hopes"] if remembers else 0))

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
    kept, waiting, earners = np.zeros((3, width, count), np.int32)
    return Validator(
        state=filled(width, STATE, king=NOBODY, coming_king=NOBODY),
        miners=miners,
        models=models,
        kept=kept,
        waiting=waiting,
        dropped=np.zeros((width, count), DROPPED),
        history=history,
        average=average,
        coming=coming,
        weights=weights,
        earners=earners,
        pools=np.zeros((width, count), SEAT),
        against=np.empty(pairs),
        floors=np.empty(pairs),
        effort=effort,
        work=Work(*(np.zeros(count, kind) for kind in ("f8", "f8", "i8", "i8", "i8", "f4", "f4", "f4"))),
    )


def start_with(validator: Validator, kings: np.ndarray) -> None:
    """Begin with these kings, int `[columns]`: what they have is evaluated, and all weight is theirs."""
    every = np.arange(len(kings)), kings
    validator.kept[:, 0] = validator.earners[:, 0] = kings
    validator.state["keeps"] = validator.state["earners"] = 1
    validator.history.measured[every] = validator.models.facts["loss"][every]
    for weights in (validator.average, validator.coming, validator.weights, validator.miners["share"]):
        weights[every] = 1.0
    validator.state["averaged"] = True
    validator.state["king"] = validator.state["coming_king"] = kings
