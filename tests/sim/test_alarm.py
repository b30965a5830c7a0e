"""What a world says when a formula fails in the middle of it: compiled or interpreted, the same error."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log, nan, sqrt

import pytest
from steady_world import Steady, SteadyCourse, ended, lane, steady

from policies import InputError, Memory, News, Policy, PolicyError, Seen, build
from policies.rewards import Crowning, Reward
from sim.compiler.functions import interpreted_only
from sim.lanes import Lane
from sim.miners.population import Population, StrategyError
from sim.miners.progress.course import Crew
from sim.miners.strategy import Decision, Strategy, View


class _Faulty(Policy):
    """Fails, each kind of it in its own way."""

    formula = "none"
    source = "this test"


class _Sudden(_Faulty):
    """Knows no age above 3,000 blocks."""

    def curve(self, age: float) -> float:
        return 1e-5 * sqrt(3000.0 - min(age, 1e9))


class _Crowned(_Faulty):
    """Cannot bear a crown."""

    state = "V"

    def shield(self, age: float, seen: Seen) -> float:
        return nan if seen.gain > 0.0 else 0.001


class _Dull(_Faulty):
    """Learns nothing from an evaluation."""

    state = "V"
    remembers = (("best", 0.0),)

    def shield(self, age: float, seen: Seen) -> float:
        return 0.001

    def learn(self, memory: Memory, news: News) -> None:
        memory.best = log(-1.0 - abs(news.gain))


class _Large(_Faulty):
    """Counts in whole numbers that are too large."""

    def curve(self, age: float) -> float:
        return 1e-3 / (1 + int(min(age, 1e9)) * 10**18)


class _Miser(Reward):
    """Pays a number that is none."""

    formula = "none"
    source = "this test"
    fails = "always"

    def pay(self, memory, ledger, weights, crowning: Crowning, days, paid) -> float:
        return nan


class _Broke(_Miser):
    """Has a root that is not there."""

    def pay(self, memory, ledger, weights, crowning: Crowning, days, paid) -> float:
        return sqrt(-1.0 - days)


class _Lost(Strategy):
    """Has one too."""

    about = "fails"
    source = "this test"

    def decide(self, view: View) -> Decision:
        return Decision(submit=sqrt(-1.0 - view.age) > 0.0)


@dataclass(frozen=True)
class _Cliff(Steady):
    """Progress over a cliff."""

    def course(self, crew: Crew) -> SteadyCourse:
        return _CliffCourse(self, crew)


class _CliffCourse(SteadyCourse):
    def loss(self, position: float) -> float:
        return self.start * sqrt(0.001 - position)


CONTEST = steady(0.004, 0.002, days=3.0)
OVER = replace(CONTEST, progress=((_Cliff((0.004, 0.002)), 1.0),))


def followed(strategy: Strategy) -> Lane:
    """A lane in which all follow a strategy."""
    return Lane("own", build("fixed"), population=Population("own", ((strategy, 1.0),)))


@pytest.fixture(params=["compiled", "interpreted"])
def run(request) -> Callable[..., str]:
    """Runs a lane, either way, and returns the error."""

    def compiled(contest, own: Lane, kind: type[Exception]) -> str:
        with pytest.raises(kind) as found:
            ended(contest, lane("linear", name="sound"), replace(own, name="rotten"))
        return str(found.value)

    def interpreted(contest, own: Lane, kind: type[Exception]) -> str:
        with interpreted_only():
            return compiled(contest, own, kind)

    return compiled if request.param == "compiled" else interpreted


HERE = r"in .*test_alarm\.py, line \d+"


def test_a_formula_fails_at_an_age(run) -> None:
    """The policy, the age and the user's line are named."""
    said = run(CONTEST, Lane("own", _Sudden()), PolicyError)
    assert re.match(rf"test-alarm: math domain error \(ValueError\) at age \S+, {HERE}: return 1e-5 \* sqrt", said)


def test_no_number_from_history(run) -> None:
    """So they are where it fails for what it has seen: the contest is lived through once more, interpreted."""
    said = run(CONTEST, Lane("own", _Crowned()), PolicyError)
    assert re.match(rf"test-alarm: gives nan at age \S+, but must give a number, {HERE}", said)


def test_a_policy_fails_to_learn(run) -> None:
    """And where it fails to learn from an evaluation, with what was new."""
    said = run(CONTEST, Lane("own", _Dull()), PolicyError)
    assert re.match(rf"test-alarm: math domain error \(ValueError\) at the evaluation News\(.*\), {HERE}: memory", said)


def test_a_strategy_fails(run) -> None:
    """A strategy is named with miner, block, lane and the user's line."""
    said = run(CONTEST, followed(_Lost()), StrategyError)
    where = r"for miner 0 at block 0 in lane 'rotten': math domain error \(ValueError\)"
    assert re.match(rf"strategy test-alarm failed {where}, {HERE}: return Decision", said)


def test_a_reward_gives_no_number(run) -> None:
    """A reward rule that gives none is named with lane, block and the user's line."""
    said = run(CONTEST, replace(lane("linear"), reward=_Miser()), PolicyError)
    assert re.match(rf"test-alarm: gives nan in lane 'rotten' at block 0, but must give a number, {HERE}", said)


def test_a_reward_fails(run) -> None:
    """So is one that fails."""
    said = run(CONTEST, replace(lane("linear"), reward=_Broke()), PolicyError)
    assert re.match(rf"test-alarm: math domain error \(ValueError\) in lane 'rotten' at block 0, {HERE}: return", said)


def test_whole_numbers_beyond_64_bits() -> None:
    """Python has such numbers, compiled code does not: it says so, and does not go on with another one."""
    with pytest.raises(PolicyError) as found:
        ended(CONTEST, lane("linear", name="sound"), Lane("rotten", _Large()))
    said = r"gave no number for a model of age \d+ in lane 'rotten' at block \d+, though it gives one interpreted"
    assert re.match(rf"test-alarm {said}: perhaps a whole number needs more than 64 bits; .*{HERE}$", str(found.value))
    with interpreted_only():
        ended(CONTEST, Lane("rotten", _Large()))


def test_progress_fails(run) -> None:
    """A miner without a loss is said with its position; m0 gains 0.001 in a quarter of a day."""
    said = run(OVER, lane("linear"), InputError)
    assert said.startswith("progress: miner 0 has no loss at position 0.00")
