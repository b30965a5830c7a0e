"""Ways of making progress against their closed forms, as the engine compiles them."""

from collections.abc import Callable, Sequence
from math import exp, log

import numpy as np
import pytest
from scipy.stats import kstest

from policies import InputError
from sim.clock import BLOCKS_PER_DAY
from sim.compiler import functions, pointers
from sim.compiler.courses import compile_course
from sim.miners.hardware import Fleet, equip
from sim.miners.looks import Looks
from sim.miners.progress.course import Course, Courses, Crew, Progress
from sim.miners.progress.draws import NOTHING, DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import TraceProgress
from sim.traces.curve import Curve
from sim.traces.laws.published import law

SIZE = 3e9
SHAPES = {1: pointers.ONE, 2: pointers.TWO, 3: pointers.THREE}


def crew(
    miners: int = 3, days: float = 10.0, every: int = 1800, skill: float = 0.0, worlds: tuple[int, ...] = (0,)
) -> Crew:
    """Miners of one H100 each, that look up at once and then every quarter of a day."""
    hardware = equip(Fleet(least=1, most=1, skill=skill), SIZE, miners, 1, worlds)
    looks = Looks(every, np.zeros(miners, dtype=np.int64), round(days * BLOCKS_PER_DAY))
    return Crew(hardware, looks, 1, worlds)


class Compiled:
    """The functions of a course as the engine calls them, for one miner."""

    def __init__(self, course: Course, miner: int = 0) -> None:
        self._made, record = compile_course(course, []), int(course.which[miner])
        self._numbers = int(self._made.numbers[record])
        self._functions = {
            name: pointers.callable_at(int(self._made.functions[name][record]), SHAPES[count])
            for name, count in Course.functions
        }

    def __getattr__(self, name: str) -> Callable[..., float]:
        """One of the functions of a position."""
        return lambda *values: self._functions[name](self._numbers, *map(float, values))


def everything(progress: Progress, who: Crew) -> np.ndarray:
    """All work until the last look, `[miners, worlds]`."""
    course, rows = progress.course(who), np.arange(who.miners)
    return sum(course.work(rows, np.full(who.miners, look)) for look in range(who.looks.count))


def curve(loss: Sequence[float], tokens: Sequence[float], run: str = "one", unit: str = "nats") -> Curve:
    """A validation curve."""
    n = len(loss)
    given = np.array(loss), np.array(tokens)
    return Curve(run, np.arange(n) * 1.0, given[1], np.full(n, np.nan), given[0], "validation", unit)


FALLING = curve((6.0, 4.0, 3.5, 3.2), (1e6, 1e7, 1e8, 1e9))


@pytest.mark.parametrize(
    "progress",
    [LawProgress(), IdeasProgress(), TraceProgress((FALLING,), days=1e4), DrawsProgress()],
    ids=["law", "ideas", "trace", "draws"],
)
def test_compiled_is_interpreted(progress: Progress) -> None:
    """The engine's functions of a position are those of the class, to the last bit."""
    course = progress.course(crew(1, 1.0))
    with functions.interpreted_only():
        plain = Compiled(course)
    compiled, random = Compiled(course), np.random.default_rng(1)
    for _ in range(100):
        small, loss, rate = random.random(), random.uniform(2.0, 7.0), random.uniform(1e5, 1e9)
        position = small if isinstance(progress, IdeasProgress | DrawsProgress) else 1e6 * 1e3**small
        for name, values in (
            ("advance", (position, rate)),
            ("loss", (position,)),
            ("resume", (loss, rate)),
            ("pace", (position, loss, rate)),
        ):
            found, expected = (getattr(way, name)(*values) for way in (compiled, plain))
            assert found == expected, (name, values)


class TestLaw:
    """Progress by a scaling law."""

    def test_work_is_tokens(self) -> None:
        """A quarter of a day of one H100, of which the cool-down takes its share; nothing before the first look."""
        who = crew()
        course = LawProgress(cooldown=0.2).course(who)
        found = course.work(np.arange(3), np.array([0, 1, 5]))[:, 0]
        np.testing.assert_allclose(found, who.hardware.tokens[:, 0] * 0.8 * np.array([0.0, 0.25, 0.25]), rtol=1e-14)

    def test_loss_is_the_law(self) -> None:
        """E + A / N^a + B / D^b."""
        course = LawProgress("epoch", SIZE).course(crew())
        expected = 1.8172 + 482.01 / SIZE**0.3478 + 2085.43 / 1e12**0.3658
        assert Compiled(course).loss(1e12) == pytest.approx(expected, rel=1e-14)
        assert course.loss_of(2, 1e12) == Compiled(course, 2).loss(1e12)

    @pytest.mark.parametrize("name", ["hoffmann", "epoch", "refinedweb"])
    @pytest.mark.parametrize("tokens", [2e11, 5e11, 3e12])
    def test_somebody_elses_model(self, name: str, tokens: float) -> None:
        """It is worth D_eff = (B / (L - E - A / N^a))^(1 / b) tokens, less what warming it up costs."""
        warm, cold = (LawProgress(name, SIZE, rewarm_days=days).course(crew()) for days in (0.5, 0.0))
        constants = law(name)
        loss = float(constants.loss(SIZE, tokens))
        above = loss - constants.entropy - constants.size_scale * SIZE**-constants.size_exponent
        expected = (constants.data_scale / above) ** (1.0 / constants.data_exponent)
        rate = 0.85 * float(crew().hardware.tokens[0, 0])
        assert warm.rate[0, 0] == pytest.approx(rate, rel=1e-14)
        found = Compiled(cold).resume(loss, rate)
        assert found == pytest.approx(expected, rel=1e-9)
        assert Compiled(warm).resume(loss, rate) == pytest.approx(expected - 0.5 * rate, rel=1e-9)
        assert Compiled(cold).loss(found) == pytest.approx(loss, rel=1e-12)

    def test_a_loss_that_nobody_reaches(self) -> None:
        """At the law's floor and below it the model counts as one of 1e18 tokens, and never as one of none."""
        course = LawProgress("epoch", SIZE, rewarm_days=0.0).course(crew())
        floor = float(law("epoch").floor(SIZE))
        found = [Compiled(course).resume(loss, 1.0) for loss in (floor, floor - 1.0)]
        assert found == pytest.approx([1e18, 1e18], rel=1e-6)
        assert Compiled(course).resume(1e3, 1.0) == course.scratch

    def test_pace(self) -> None:
        """It is what the log loss falls per day, by its difference quotient."""
        course, here, day = LawProgress().course(crew(skill=0.3)), 5e11, 1e-4
        for miner in range(3):
            way, rate = Compiled(course, miner), float(course.rate[miner, 0])
            fall = log(way.loss(here)) - log(way.loss(here + rate * day))
            assert way.pace(here, way.loss(here), rate) == pytest.approx(fall / day, rel=1e-6)

    def test_pooled(self) -> None:
        """One run with all tokens: ln(L(D0) / L(D0 + work))."""
        course, constants = LawProgress(tokens=1e11).course(crew()), law("refinedweb")
        expected = log(float(constants.loss(SIZE, 1e11) / constants.loss(SIZE, 5e11)))
        assert float(course.pooled(np.array([4e11]))[0]) == pytest.approx(expected, rel=1e-12)


class TestIdeas:
    """Progress by ideas."""

    def test_their_number_is_poisson(self) -> None:
        """At burst 1 the ideas of a miner are Poisson: mean and variance are rate times days (z < 4)."""
        mean = 0.7 * 12
        counts = everything(IdeasProgress(per_day=0.7, gain=1.0, sigma=0.0, burst=1.0), crew(3000, 12.0)).ravel()
        # the last look is a quarter of a day before the end
        mean = 0.7 * (12 - 0.25)
        assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 3000)
        fourth = mean + 3 * mean**2
        assert abs(counts.var() - mean) < 4 * np.sqrt((fourth - mean**2) / 3000)

    def test_bursts(self) -> None:
        """Gamma gaps of shape k: as many ideas, and in the long run 1 / k times the variance (within 15 %)."""
        for shape in (0.4, 4.0):
            counts = everything(IdeasProgress(per_day=1.0, gain=1.0, sigma=0.0, burst=shape), crew(1500, 60.0)).ravel()
            mean = 60 - 0.25
            assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / shape / 1500)
            assert counts.var() / mean == pytest.approx(1 / shape, rel=0.15)

    def test_gains_are_log_normal(self) -> None:
        """One idea at a time: the logarithm of its gain over the median is normal with the given sigma."""
        who = crew(400, 40.0, every=72)
        course, rows = IdeasProgress(per_day=0.2, gain=0.001, sigma=1.2, burst=1.0).course(who), np.arange(400)
        gains = np.concatenate([course.work(rows, np.full(400, look)) for look in range(who.looks.count)])
        logs = np.log(gains[gains > 0] / 0.001) / 1.2
        assert kstest(logs, "norm").pvalue > 1e-3

    def test_an_idea_works_on_any_model(self) -> None:
        """Gains multiply the loss, whoever's it is: 2.45 e^-g from the start, and back."""
        way = Compiled(IdeasProgress(start_loss=2.45).course(crew()))
        assert way.loss(0.1) == pytest.approx(2.45 * exp(-0.1), rel=1e-15)
        assert way.resume(2.45 * exp(-0.1), 1.0) == pytest.approx(0.1, rel=1e-14)
        assert way.advance(0.1, 0.02) == pytest.approx(0.12)

    def test_pace_is_the_mean_gain(self) -> None:
        """Ideas per day times the mean of a log-normal gain, g e^(sigma^2 / 2), times skill."""
        who = crew(skill=0.3)
        course = IdeasProgress(per_day=0.5, gain=0.002, sigma=0.8).course(who)
        np.testing.assert_allclose(course.rate, 0.5 * 0.002 * exp(0.32) * who.hardware.skill, rtol=1e-14)
        assert Compiled(course).pace(0.3, 2.0, course.rate[1, 0]) == course.rate[1, 0]

    def test_a_miner_has_its_ideas_whoever_is_there(self) -> None:
        """Neither more miners nor other worlds change anybody's ideas."""
        many, few = (everything(IdeasProgress(per_day=2.0), crew(n, worlds=w)) for n, w in ((9, (4, 7)), (3, (7,))))
        np.testing.assert_array_equal(many[:3, 1:], few)


class TestTrace:
    """Progress along recorded curves."""

    tokens = (1e6, 1e7, 1e8, 1e9)
    losses = (6.0, 4.0, 3.5, 3.2)

    def test_it_equals_the_curve_at_its_points(self) -> None:
        """And between them it is straight over log tokens."""
        way = Compiled(TraceProgress((FALLING,), begin=0.01, days=1e4).course(crew(1, 1.0)))
        found = [way.loss(tokens) for tokens in (*self.tokens, 10**7.5)]
        np.testing.assert_allclose(found, [*self.losses, 3.75], rtol=1e-8)

    def test_what_is_published_is_the_lowest_so_far(self) -> None:
        """A bump of the curve is not followed."""
        bump = curve([6.0, 3.5, 4.0, 3.2], self.tokens)
        way = Compiled(TraceProgress((bump,), begin=0.01, days=1e4).course(crew(1, 1.0)))
        np.testing.assert_allclose([way.loss(tokens) for tokens in self.tokens], [6.0, 3.5, 3.5, 3.2], rtol=1e-8)

    def test_it_goes_on_from_a_given_loss(self) -> None:
        """Somebody else's model stands where one's own curve first is as low; at the end if it never is."""
        way = Compiled(TraceProgress((FALLING,), begin=0.01, days=1e4).course(crew(1, 1.0)))
        found = [way.resume(loss, 1.0) for loss in (4.0, 3.75, 3.2, 1.0)]
        np.testing.assert_allclose(found, [1e7, 10**7.5, 1e9, 1e9], rtol=1e-6)
        assert way.loss(way.advance(found[0], 10**7.5 - 1e7)) == pytest.approx(3.75, rel=1e-6)
        assert way.resume(7.0, 1.0) == pytest.approx(self.tokens[0])  # worse than all of it: the beginning

    def test_pace_is_the_fall_of_a_day(self) -> None:
        """From 1e7 to 1e8 tokens in a day: ln(4 / 3.5)."""
        way = Compiled(TraceProgress((FALLING,), begin=0.01, days=1e4).course(crew(1, 1.0)))
        assert way.pace(1e7, 4.0, 9e7) == pytest.approx(log(4.0 / 3.5), rel=1e-6)

    def test_everybody_has_a_curve(self) -> None:
        """Curves are dealt out by lot, as evenly as can be, each played at its miner's own speed."""
        curves = tuple(curve([loss - i for loss in self.losses], self.tokens, f"run {i}") for i in range(3))
        who = crew(7, 1.0, skill=0.2)
        course, rows = TraceProgress(curves, begin=0.5, days=1e3).course(who), np.arange(7)
        losses = [Compiled(course, miner).loss(1e9) for miner in range(7)]
        assert sorted(np.unique(np.round(losses, 6), return_counts=True)[1]) == [2, 2, 3]
        work = course.work(rows, np.ones(7, dtype=int))
        np.testing.assert_allclose(work, 1e9 / 1e3 * 0.25 * who.hardware.skill, rtol=1e-14)

    @pytest.mark.parametrize(
        ("progress", "said", "path"),
        [
            (TraceProgress((FALLING,), days=5.0), "is too short for the horizon", "days"),
            (TraceProgress(()), "no curve of the library was chosen", "library"),
            (TraceProgress((curve(losses, tokens, unit="bpb"),)), "is in bpb; a world needs nats", "library"),
            (TraceProgress((curve(losses, [np.nan] * 4),)), "does not say how many tokens it saw", "library"),
        ],
    )
    def test_faults(self, progress: TraceProgress, said: str, path: str) -> None:
        """Curves that cannot be played are refused, with the key."""
        with pytest.raises(InputError, match=said) as found:
            progress.course(crew())
        assert found.value.path == (path,)

    @pytest.mark.parametrize(("key", "value"), [("begin", 1.0), ("begin", 0.0), ("days", 0.0), ("days", np.inf)])
    def test_bounds(self, key: str, value: float) -> None:
        """A begin that is no share, and days that are not positive, are refused when they are given."""
        with pytest.raises(InputError, match=f"{key} is {value:g}, but must be from") as found:
            TraceProgress((FALLING,), **{key: value})
        assert found.value.path == (key,)


class TestDraws:
    """Independent models."""

    def test_laws(self) -> None:
        """-ln(loss) is exponential with the given mean, or Gumbel with the given scale, or drifts only."""
        who = crew(2000, 0.2)
        exponential, gumbel = (everything(DrawsProgress(name, 0.01), who).ravel() for name in ("exponential", "gumbel"))
        assert kstest(exponential / 0.01, "expon").pvalue > 1e-3
        assert kstest(gumbel / 0.01, "gumbel_r").pvalue > 1e-3
        course = DrawsProgress("fixed", drift=0.3).course(crew())
        assert course.work(np.arange(3), np.array([0, 2, 4]))[:, 0].tolist() == pytest.approx([0, 0.15, 0.3])

    def test_a_model_is_shown_once(self) -> None:
        """A new model replaces the old one, and where none came there is none."""
        way = Compiled(DrawsProgress().course(crew()))
        assert [way.advance(0.3, new) for new in (0.1, np.nan)] == [0.1, NOTHING]
        assert way.loss(0.1) == exp(-0.1)


class TestSeveral:
    """Several ways in one world."""

    def test_shares(self) -> None:
        """Every stretch of miners has the shares of the ways."""
        kinds = Courses([(IdeasProgress(), 0.25), (LawProgress(), 0.75)], crew(100), []).kind
        for first in range(0, 100, 20):
            assert abs((kinds[first : first + 20] == 0).sum() - 5) <= 1

    def test_each_goes_its_own_way(self) -> None:
        """Beginnings, work and losses of several ways stand side by side, each as it is alone."""
        ways, who = (IdeasProgress(per_day=20.0), LawProgress()), crew(6)
        courses, rows, look = Courses([(way, 0.5) for way in ways], who, []), np.arange(6), np.full(6, 3)
        assert {*courses.kind} == {0, 1}
        work = courses.work(rows, look)[..., 0]
        for number, way in enumerate(ways):
            alone, mine = way.course(who), courses.kind == number
            np.testing.assert_array_equal(work[mine], alone.work(rows, look)[mine])
            np.testing.assert_array_equal(courses.begin[mine], alone.begin)
            for miner in np.flatnonzero(mine).tolist():
                assert courses.loss_of(miner, alone.begin) == Compiled(alone, miner).loss(alone.begin)
