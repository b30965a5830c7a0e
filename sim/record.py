"""What is kept of a world: crowns, and the sums behind the metrics; memory does not grow with steps."""

from math import exp, inf, isnan, log, nan
from typing import Any, NamedTuple

import numpy as np

from sim.clock import BLOCKS_PER_DAY, LATE_DAYS, LONG_DAYS
from sim.compiler import Direct, compiled, inner
from sim.data.exposure import judged
from sim.lanes import Columns
from sim.models import Models, count_shared, filled, owns
from sim.scenario import Scenario
from sim.validators.fees import Options, charge, new_options
from sim.validators.history import advantage, remember
from sim.validators.pay import Payroll, pay
from sim.validators.validator import Validator

SOMETHING = 1e200
"""A loss above this is that of a miner that has no model at all."""
POINTS = 200
"""Points of a curve per column."""
MEMORY_DAYS = 14.0
"""Time constant of the public estimate of the descent."""
DELAY_BLOCKS, DELAYS = 25, 400
"""Width and number of the bins of the histogram of delays; longer ones count in the last."""

SUMS = np.dtype(
    [
        ("first", "f8"),  #: log loss of the first king; in a script of the first commitment
        ("lowest", "f8"),  #: log loss, the lowest of any king
        ("reached", "f8"),  #: when the target was reached; NaN if never
        ("log_king", "f8"),  #: log loss of the king, now
        *(
            (name, "f8") for name in ("log_committed", "log_best")
        ),  #: of the best committed model, and of the best anywhere
        ("area", "f8"),  #: integral of the log loss gained since the first king
        ("eligibility", "f8"),  #: integral of ln(king / best committed)
        ("withholding", "f8"),  #: integral of ln(best committed / best anywhere)
        ("missed", "f8"),  #: time in which a committed model was better than the king by more than `bar`
        *((name, "f8") for name in ("burned", "held")),  #: emission paid to no miner, and what is held back now
        ("luck", "f8"),  #: emission of kings that were truly no better than their predecessor
        ("kings", "f8"),  #: emission of whichever miner was king then
        #: emission of miners while the model that is judged was a copy; of those that are copies now see `copied_from`
        ("copies", "f8"),
        #: times without a truly better king: the longest, the sum of squares, and the sum of the long ones
        *((name, "f8") for name in ("gap", "gap_squares", "gap_long")),
        ("better_at", "f8"),  #: block of the last truly better king
        ("descent", "f8"),  #: the public estimate of the kings' pace, log loss per day
        ("crowned", "f8"),  #: block of the last crown
        ("bar", "f8"),  #: the decayed advantage, as log loss
        *(
            (name, "f8") for name in ("best", "published")
        ),  #: the lowest true loss of any miner, and of what was committed
        ("gpu_days", "f8"),  #: of all miners together
        ("effort_days", "f8"),  #: days of training of all active miners, each times its effort
        ("active_days", "f8"),  #: days of all miners in the contest
        ("disruption", "f8"),  #: blocks of training that a crown costs everybody
        ("lost", "f8"),  #: such blocks until the end of the last disruption, where two overlap counted once
        ("lost_until", "f8"),  #: that end
        ("instant_since", "f8"),  #: block since which the best published model has been the best
        ("instant", "i8"),  #: its miner; -1 before the first
        ("king", "i8"),  #: the reigning miner; -1 before the first
        ("stored", "i8"),  #: models that the first validator held at its looks, summed up
        ("registrations", "i8"),  #: of all miners together
        ("lucky", "b1"),  #: the king was truly no better than its predecessor
        ("news", "b1"),  #: models were let in since the last step
    ],
    align=True,
)
"""Numbers of a column; times are in days. Losses are those on one target mix for the whole contest: the mixture of data
that is judged at its end."""

CROWNING = np.dtype(
    [("block", "i8"), ("column", "i8"), ("miner", "i8"), ("twin", "i8"), ("loss", "f8"), ("gain", "f8")],
    align=True,
)
"""A change of king: when, where, the miner, the `twin` of its model (see `MODEL`), the true loss of that, and the gain:
ln(loss of the king before / its own), 0 for the first."""


class Account(NamedTuple):
    """What is kept, in all columns."""

    sums: np.ndarray  #: records of `SUMS`, `[columns]`
    #: true descent credited to each miner, split over the lineage of the models, `[columns, miners]`
    credit: np.ndarray
    #: the same, and the emission in days of all of it, if every best published model were crowned at once
    instant_credit: np.ndarray
    instant_paid: np.ndarray
    copied: np.ndarray  #: whether a miner's judged model is a copy, `[columns, miners]`
    copied_from: np.ndarray  #: the miner's emission when that began, likewise
    crowns: np.ndarray  #: the newest one of each column, records of `CROWNING`, `[columns]`; block -1 before the first
    target_mix: np.ndarray  #: data weights of the mixture that is judged at the end, as in `Judging`
    options: Options  #: what protection costs, and has paid


@inner
def close_gap(mine: Any, now: int) -> None:
    """A time without a truly better king ends."""
    gap = (now - mine.better_at) / BLOCKS_PER_DAY
    mine.gap = max(mine.gap, gap)
    mine.gap_squares += gap * gap
    if gap > LONG_DAYS:
        mine.gap_long += gap


@inner
def note_copies(account: Account, c: int, validator: Validator) -> None:
    """Notice whose model became a copy, or one of its own again; asked only when models were let in."""
    mine, copied, since, miners = account.sums[c], account.copied[c], account.copied_from[c], validator.miners[c]
    ended = 0.0
    for m in range(len(copied)):
        now = validator.models.facts[c, m].copied
        if now != copied[m]:
            if copied[m]:
                ended += miners[m].emission - since[m]
            copied[m], since[m] = now, miners[m].emission
    mine.copies += ended
    mine.news = False


@inner
def note_king(
    account: Account, c: int, now: int, king: int, models: Models, log_king: float, left: float, target: float
) -> bool:
    """Take in column c's king: a crown, and the descent that it brings; whether there is a crown."""
    mine = account.sums[c]
    crowned = king != mine.king
    if crowned:
        new = mine.king < 0
        if new:
            mine.lowest = log_king
        if isnan(mine.first):
            mine.first = log_king
        gain = 0.0 if new else mine.log_king - log_king
        mine.lucky = not new and gain <= 0
        mine.crowned, mine.king = float(now), king
        crown = account.crowns[c]
        crown.block, crown.column, crown.miner, crown.twin = now, c, king, models.facts[c, king].twin
        crown.loss, crown.gain = exp(log_king), gain
        if mine.disruption > 0.0 and not new:
            mine.lost += mine.disruption - max(mine.lost_until - now, 0.0)
            mine.lost_until = now + mine.disruption
    better = log_king < mine.lowest
    gained = mine.lowest - log_king if better else 0.0
    mine.descent = mine.descent * left + gained / MEMORY_DAYS
    if better:
        close_gap(mine, now)
        mine.better_at, mine.lowest = float(now), log_king
        if isnan(mine.reached) and mine.first - log_king >= target:
            mine.reached = now / BLOCKS_PER_DAY
        give_credit(account.credit[c], models.line[c, king], gained)
    return bool(crowned)


@inner
def give_credit(credit: np.ndarray, line: np.ndarray, gained: float) -> None:
    """Split a descent over the owners in a model's line; `credit` is `[miners]`."""
    share = gained / max(count_shared(line, line), 1)
    for m in range(len(credit)):
        if owns(line, m):
            credit[m] += share


@inner
def note_published(account: Account, c: int, m: int, block: float, committed: Models) -> None:
    """Take in that a miner has committed a model: the lowest loss that is published, and whose it is."""
    mine, facts = account.sums[c], committed.facts[c, m]
    loss = judged(facts.loss, committed.training_mix[c, m], account.target_mix)
    if loss < mine.published:
        if mine.instant >= 0:
            give_credit(account.instant_credit[c], committed.line[c, m], log(mine.published / loss))
            account.instant_paid[c, mine.instant] += (block - mine.instant_since) / BLOCKS_PER_DAY
        mine.instant, mine.instant_since, mine.published = m, block, loss
    mine.best = min(mine.best, mine.published)  # a lucky seed is a model too


@inner
def note_waiting(mine: Any, king: int, days: float) -> None:
    """Take in how far the king is behind the best committed model, and that behind the best anywhere."""
    mine.log_committed = log(mine.published) if mine.published < SOMETHING else nan
    mine.log_best = log(mine.best) if mine.best < SOMETHING else nan
    waiting = mine.log_king - mine.log_committed if king >= 0 else 0.0
    hidden = mine.log_committed - mine.log_best
    if waiting > 0:
        mine.eligibility += waiting * days
    if hidden > 0:
        mine.withholding += hidden * days
    if waiting > mine.bar:
        mine.missed += days


@inner
def emit(miners: np.ndarray, shares: np.ndarray, days: float) -> None:
    """Pay all miners of a column, records of `MINER`, their shares of a step's emission."""
    for m in range(len(shares)):
        miners[m].emission += shares[m] * days
        miners[m].share = shares[m]


@compiled
def observe(
    now: int, until: int, left: float, target: float, account: Account, validator: Validator, payroll: Payroll,
    lanes: np.ndarray, single: bool,
) -> int:  # fmt: skip
    """Pay for the step from block `now` to `until`, let policies learn from it, and take it into the account.

    `left` is the share of the estimate of the descent's pace that is left since the last step, `target` the log loss to
    be gained, `validator` the first one; `single` says that the weights that are paid by are its own. `account.crowns`
    gets the new kings; returned is how many.
    """
    kings, miners = payroll.kings, validator.miners
    days, crowns = (until - now) / BLOCKS_PER_DAY, 0
    for c in range(len(lanes)):
        mine, king, models, weights = account.sums[c], kings[c], validator.models, payroll.weights[c]
        ruled = payroll.credits[c].pay != 0
        if ruled:
            burned, mine.held = pay(payroll, c, models, validator.history, days, now)
            mine.burned += burned * days
        charged = account.options.offered[c] > 0
        if charged:
            mine.burned += charge(account.options, payroll, c, models, ruled, days)
        listed = ruled or charged
        if lanes[c].reads:
            remember(lanes, validator, c, now, king)
        own = 0.0
        if king >= 0:
            loss = judged(models.facts[c, king].loss, models.training_mix[c, king], account.target_mix)
            log_king = log(loss)
            crowns += note_king(account, c, now, king, models, log_king, left, target)
            mine.log_king = log_king
            mine.area += (mine.first - log_king) * days
            own = (payroll.paid[c, king] if listed else float(weights[king])) * days
            mine.kings += own
        else:
            mine.descent *= left
        note_waiting(mine, king, days)
        if mine.news:
            note_copies(account, c, validator)
        if mine.lucky:
            mine.luck += own
        if listed:
            emit(miners[c], payroll.paid[c], days)
        elif single:
            for place in range(validator.state[c].earners):  # the others have no weight
                m = validator.earners[c, place]
                miners[c, m].emission += float(weights[m]) * days
        else:
            emit(miners[c], weights, days)
    return crowns


@compiled
def kings_epsilon(now: int, validator: Validator, kings: np.ndarray, lanes: np.ndarray, out: np.ndarray) -> None:
    """The advantage of every column's king now, into `out`; NaN where there is none."""
    for c in range(len(lanes)):
        out[c] = nan
        if kings[c] >= 0:
            age = now - validator.models.facts[c, kings[c]].block
            out[c] = advantage(lanes, validator, c, kings[c], float(now), age, nan)


class Record:
    """Accumulates while the world runs; the numbers of `SUMS` are attributes, `[columns]`."""

    def __init__(self, scenario: Scenario, columns: Columns, target_mix: np.ndarray) -> None:
        n, width = scenario.miners, columns.width
        self._scenario = scenario
        logs = ("first", "lowest", "reached", "log_king", "log_committed", "log_best")
        disruption = scenario.disruption_days * BLOCKS_PER_DAY
        start = {"best": inf, "published": inf, "king": -1, "instant": -1, "disruption": disruption}
        sums = filled(width, SUMS, **dict.fromkeys(logs, nan), **start)
        sums["bar"] = -np.log1p(-columns.table["floor"])
        if scenario.script is not None:
            sums["first"] = np.log(scenario.script.loss[0])
        credit, instant_credit, instant_paid, copied_from = np.zeros((4, width, n))
        copied, crowns = np.zeros((width, n), np.bool_), filled(width, CROWNING, block=-1)
        options = new_options(columns.lanes, columns.worlds, n, scenario.choosing.memory_days)
        #: what the loops work on
        self.account = Account(
            sums, credit, instant_credit, instant_paid, copied, copied_from, crowns, target_mix, options
        )
        self._seen, self._points = 0, 0
        self.looks = 0  #: at the validator's stock
        self._observe = Direct(observe)
        #: looks of a second validator, and how often it would have crowned another miner, int `[columns]`
        self.opinions, self.disagreements = np.zeros((2, width), np.int64)
        #: log loss of the king at the thirds of the contest, `[4, columns]`; NaN before there is one
        self.marks = np.full((4, width), nan)
        self.late = np.zeros((n, width))  #: emission as it was when the last days began, `[miners, columns]`
        #: histogram of blocks from commitment to score, `[bins, columns]`
        self.delays = np.zeros((DELAYS, width), dtype=np.int64)
        #: sampled log losses, `[3, points, columns]`: king, best committed, best anywhere
        self.curves = np.full((3, POINTS, width), nan)
        self.epsilon = np.full((POINTS, width), nan)  #: the king's, at the same points
        self._crowns: list[np.ndarray] = []

    def __getattr__(self, name: str) -> np.ndarray:
        """The numbers of all columns by name; see `SUMS`."""
        if name.startswith("_") or name == "account" or name not in (SUMS.names or ()):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return np.asarray(self.account.sums[name])

    @property
    def credit(self) -> np.ndarray:
        """True descent credited to each miner, split over the lineage of the models, `[miners, columns]`."""
        return self.account.credit.T

    def admitted(self, rows: np.ndarray, columns: np.ndarray, block: np.ndarray, scored: np.ndarray) -> None:
        """Commitments of these blocks will have their first score at block `scored`, `[some]` each."""
        late = np.minimum((scored - block) // DELAY_BLOCKS, DELAYS - 1).astype(np.int64)
        np.add.at(self.delays, (late, columns), 1)
        self.account.sums["news"][columns] = True

    def count_stored(self, stored: np.ndarray) -> None:
        """Take in how many models the validator stores now, int `[columns]`."""
        self.account.sums["stored"] += stored
        self.looks += 1

    def to_copies(self, emission: np.ndarray) -> np.ndarray:
        """Emission while the judged model was a copy, `[columns]`, of all `emission` so far, `[miners, columns]`."""
        since = np.where(self.account.copied, emission.T - self.account.copied_from, 0.0)
        return np.asarray(self.copies + since.cumsum(axis=1)[:, -1])

    def step(self, now: int, until: int, validator: Validator, payroll: Payroll, lanes: np.ndarray) -> None:
        """Take in the state that holds from block `now` to `until`, and what is paid for it; see `observe`."""
        left = exp((self._seen - now) / BLOCKS_PER_DAY / MEMORY_DAYS)
        self._seen = now
        target, single = float(self._scenario.target), payroll.weights is validator.weights
        if self._observe(now, until, left, target, self.account, validator, payroll, lanes, single):
            crowns = self.account.crowns
            self._crowns.append(crowns[crowns["block"] == now])
        self._mark(now, until, validator, payroll.kings, lanes)

    def close(self) -> None:
        """The contest is over: the last gap is cut, and so is the time of the best published model."""
        for c, mine in enumerate(self.account.sums.view(np.recarray)):
            close_gap(mine, self._scenario.horizon)
            if mine.instant >= 0:
                days = (self._scenario.horizon - mine.instant_since) / BLOCKS_PER_DAY
                self.account.instant_paid[c, mine.instant] += days

    def crowns(self) -> "np.recarray[Any, Any]":
        """Every change of king so far, records of `CROWNING` in the order of time, `[crowns]`."""
        return np.concatenate([np.empty(0, CROWNING), *self._crowns]).view(np.recarray)

    def _mark(self, now: int, until: int, validator: Validator, kings: np.ndarray, lanes: np.ndarray) -> None:
        horizon, sums = self._scenario.horizon, self.account.sums
        for third in range(4):
            if now <= third * horizon / 3 < until or (third == 3 and until >= horizon):
                self.marks[third] = sums["log_king"]
        start = horizon - LATE_DAYS * BLOCKS_PER_DAY
        if now <= max(start, 0) < until:
            self.late = validator.miners["emission"].T.copy()
        while self._points < POINTS and (self._points * horizon / (POINTS - 1) < until or until >= horizon):
            for number, name in enumerate(("log_king", "log_committed", "log_best")):
                self.curves[number, self._points] = sums[name]
            epsilon = np.empty(len(lanes))
            kings_epsilon(now, validator, kings, lanes, epsilon)
            self.epsilon[self._points] = epsilon
            self._points += 1
