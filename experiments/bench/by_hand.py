"""The same contest written by hand for one policy: a SimPy process per miner, dicts and loops.

What a competent person writes for one question, to measure the engine against: nothing is made quick on purpose and
nothing slow. It is written from the rules (docs/reference-mechanism.md) and shares no code with the engine, only the
constants of the scaling law and of the GPUs' speed. It keeps less than the engine: no lineage, no money, no curves,
no second opinion, and noise that is normal; `benchmarks/by_hand.py` compares what comes of the two.
"""

# ruff: noqa: S311 - a simulation's chance, not a secret

from collections.abc import Callable, Generator
from dataclasses import dataclass
from math import ceil, exp, hypot, log, log1p, sqrt
from random import Random
from statistics import NormalDist

import simpy

from sim.traces.laws.published import law
from sim.traces.laws.throughput import per_gpu

Epsilon = Callable[[float], float]
"""The advantage of a model by its age in blocks."""

DAY, MINERS, WAKE, STEP = 7200, 256, 1800, 150
DELAY, QUEUE, KEEP, RETRY, PUBLIC = 250, 25, 5, 300, 600
LOAD_SECONDS, MODEL_SECONDS, BLOCK_SECONDS = 30.0, 60.0, 12.0
TEMPERATURE, ALPHA, NOTICED = 0.01, 0.5, 0.001
TIE = 3e-8
"""Validators' weights are float32: one half is as much as one half less what is left of what came before."""
SIZE, TOKENS, COOLDOWN, REWARM_DAYS, SKILL, MOST_GPUS = 3e9, 5e11, 0.15, 0.5, 0.3, 8
SEED_SD, CERTAINTY, SURE = 0.0002, 0.8, 2.0
COMMON = (0.14**2 / 20 + 0.29**2 / 500) ** 0.5
"""sd of what all models of a window share, nats: 20 pages, 500 samples."""
KIN = 0.0125 / 500**0.5
"""sd of the difference of two measured losses, nats."""
DOUBT = KIN * (500 / 2000) ** 0.5
"""The same for a miner's own evaluation, of 2,000 samples."""
ERROR = hypot(KIN, DOUBT)
SENSITIVE = 0.25
"""Share of the variance of a difference that comes from one model finding hard data harder than another does."""


def fixed(_: float, level: float = 0.005) -> float:
    """The same advantage for ever."""
    return level


def linear(age: float, start: float = 0.005, end: float = 0.0001, decay_blocks: float = 14_400) -> float:
    """Straight down, then flat."""
    return start - min(age / decay_blocks, 1.0) * (start - end)


@dataclass(slots=True)
class Model:
    """A committed model: its block, its true loss, and the loss of the run that it comes from, its luck taken out."""

    block: int
    loss: float
    base: float


@dataclass(slots=True)
class Miner:
    """A miner: its speed in tokens a day, how far its run is, and its newest commitment."""

    name: int
    speed: float
    tokens: float
    committed: Model | None = None
    waits: bool = False


class ByHand:
    """One policy's contest."""

    def __init__(self, epsilon: Epsilon, days: float = 60.0, miners: int = MINERS, seed: int = 0) -> None:
        self.epsilon, self.floor, self.horizon, self.random = epsilon, epsilon(float("inf")), days * DAY, Random(seed)
        found, self.env = law("refinedweb"), simpy.Environment()
        self.bottom, self.scale, self.power = float(found.floor(SIZE)), found.data_scale, found.data_exponent
        rate = per_gpu(SIZE, "h100") * 86_400 * (1 - COOLDOWN)
        self.miners = []
        for name in range(miners):
            gpus = round(exp(self.random.random() * log(MOST_GPUS)))  # evenly over the logarithm
            skill = exp(SKILL * self.random.gauss(0.0, 1.0))
            self.miners.append(Miner(name, rate * (gpus * skill), TOKENS))
        self.sensitive = [sqrt(SENSITIVE) * self.random.gauss(0.0, 1.0) for _ in range(miners)]
        self.king = self.random.randrange(miners)
        public = Model(0, self.loss(TOKENS), self.loss(TOKENS))
        self.miners[self.king].committed = public
        self.judged = {self.king: public}
        self.measured = {self.king: public.loss}
        self.keep, self.average = [self.king], {self.king: 1.0}
        self.queue: list[tuple[int, int]] = []
        self.dropped: dict[int, tuple[float, float, int]] = {}
        self.certain = NormalDist().inv_cdf(CERTAINTY)
        self.crowns: list[tuple[int, int]] = []  #: changes of king, as (block, miner); the first king is not among them
        self.submissions = self.evaluations = 0
        self.area = 0.0  #: integral of the log loss gained, in days
        self.first = self.best = public.loss  #: the first king's true loss, and the lowest that any miner has had
        self.paid = dict.fromkeys(range(miners), 0.0)  #: days of the whole emission by miner

    def run(self) -> "ByHand":
        """Live through it."""
        self.env.process(self.validate())
        for miner in self.miners:
            self.env.process(self.live(miner))
        self.env.run(until=self.horizon)
        return self

    def loss(self, tokens: float) -> float:
        """The scaling law."""
        return self.bottom + self.scale * float(tokens**-self.power)

    def live(self, miner: Miner) -> Generator[simpy.Event]:
        """Train, look up, perhaps commit, perhaps go on from the king's model."""
        env, gauss, blocks = self.env, self.random.gauss, self.random.randrange(WAKE)
        while True:
            yield env.timeout(blocks)
            miner.tokens += miner.speed * blocks / DAY
            blocks = WAKE
            own, king = self.loss(miner.tokens), self.judged[self.king]
            self.best = min(self.best, own)
            if miner.name == self.king:
                continue
            age, luck = env.now - king.block, SEED_SD * gauss(0.0, 1.0)
            gain = log(king.loss / own) + luck + DOUBT / king.loss * gauss(0.0, 1.0)
            sd = ERROR / king.loss
            if gain > -log1p(-self.epsilon(age)) + self.certain * sd and not miner.waits:
                old = self.measured.get(miner.name)  # the loss of its last model, once a validator has measured it
                if old is None or gain > log(self.measured[self.king] / old) + SURE * sd:
                    miner.committed = Model(int(env.now), own * exp(-luck), own)
                    miner.waits = True
                    self.best = min(self.best, miner.committed.loss)
                    self.queue.append((int(env.now), miner.name))
                    self.submissions += 1
            if gain < 0 and age >= PUBLIC:  # begin again from the king's model where that, once warmed up, is better
                tokens = (self.scale / (king.base - self.bottom)) ** (1 / self.power) - REWARM_DAYS * miner.speed
                if tokens > 0 and self.loss(tokens) < own:
                    miner.tokens = tokens

    def validate(self) -> Generator[simpy.Event]:
        """Every half hour: publish what the last step found, let commitments in, judge the pool."""
        while True:
            now, weights = int(self.env.now), self.average
            king = max(weights, key=lambda name: (weights[name], -name))
            if weights[king] > weights.get(self.king, 0.0) + TIE:
                self.king = king
                self.crowns.append((now, king))
            pool = self.keep + self.admitted(now)
            if now % RETRY == 0:
                pool = pool + self.retried(now)
            self.judge(now, pool)
            busy = (LOAD_SECONDS + MODEL_SECONDS * len(pool)) / BLOCK_SECONDS
            blocks = STEP * ceil(busy / STEP)
            days = min(blocks, self.horizon - now) / DAY
            self.area += days * log(self.first / self.judged[self.king].loss)
            total = sum(weights.values())
            for name, share in weights.items():
                self.paid[name] += days * share / total
            yield self.env.timeout(blocks)

    def admitted(self, now: int) -> list[int]:
        """Miners whose commitments are old enough and find a place, but for those in the keep-set."""
        found: list[int] = []
        left = []
        for block, name in self.queue:
            model = self.miners[name].committed
            if model is None or model.block != block:
                continue
            if block > now - DELAY or (name not in self.keep and len(self.keep) + len(found) >= QUEUE):
                left.append((block, name))
                continue
            self.judged[name], self.miners[name].waits = model, False
            self.dropped.pop(name, None)
            if name not in self.keep:
                found.append(name)
        self.queue = left
        return found

    def retried(self, now: int) -> list[int]:
        """Dropped models that would now beat the winner of their last evaluation."""
        again = [
            name for name, (loss, best, block) in self.dropped.items() if loss < best * (1 - self.epsilon(now - block))
        ]
        for name in again:
            del self.dropped[name]
        return again

    def judge(self, now: int, pool: list[int]) -> None:
        """Measure, filter, win rates, softmax, moving average, keep-set."""
        self.evaluations += len(pool)
        hard, score = self.random.gauss(0.0, 1.0), {}
        for name in pool:
            felt = sqrt(1.0 - SENSITIVE) * self.random.gauss(0.0, 1.0) + self.sensitive[name] * hard
            self.measured[name] = self.judged[name].loss + KIN / sqrt(2.0) * felt
            score[name] = self.measured[name] + COMMON * hard
        among = [i for i in pool if self.passes(i, score)]
        if not among:  # two of one block have removed each other: the step is lost
            self.keep = pool
            return
        rate = dict.fromkeys(pool, 0.0)
        for i in among:
            wins = sum(self.beats(i, j, score, now) for j in among if j != i)
            rate[i] = wins / (len(among) - 1) if len(among) > 1 else 1.0
        raised = {i: exp((rate[i] - 1.0) / TEMPERATURE) for i in pool}
        total = sum(raised.values())
        average = {name: ALPHA * share for name, share in self.average.items() if share > 1e-12}
        for i in pool:
            average[i] = average.get(i, 0.0) + (1.0 - ALPHA) * raised[i] / total
        self.average = average
        first = sorted(among, key=lambda i: -(1.0 + average[i] if average[i] >= NOTICED else rate[i]))
        order = first + sorted((i for i in pool if i not in among), key=lambda i: score[i])
        self.keep = order[:KEEP]
        winner = max(among, key=lambda i: rate[i])
        for i in order[KEEP:]:
            if score[i] < score[winner] * (1.0 - self.floor):
                self.dropped[i] = score[i], score[winner], self.judged[winner].block

    def passes(self, i: int, score: dict[int, float]) -> bool:
        """The competitive filter: better than all that are not younger, by the fully decayed advantage."""
        block = self.judged[i].block
        return all(score[i] < (1.0 - self.floor) * score[j] for j in score if j != i and self.judged[j].block <= block)

    def beats(self, i: int, j: int, score: dict[int, float], now: int) -> bool:
        """The pair rule: the earlier of two models is discounted by the advantage of its age."""
        mine, theirs, born, other = score[i], score[j], self.judged[i].block, self.judged[j].block
        if born < other:
            mine *= 1.0 - self.epsilon(now - born)
        elif other < born:
            theirs *= 1.0 - self.epsilon(now - other)
        return mine < theirs
