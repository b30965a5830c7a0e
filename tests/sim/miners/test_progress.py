"""Ways of making progress against their closed forms (theory C1)."""

from collections.abc import Sequence
from math import exp, log

import numpy as np
import pytest
from scipy.stats import kstest

from policies import InputError
from sim.backend import backend
from sim.clock import BLOCKS_PER_DAY
from sim.miners.hardware import Fleet, equip
from sim.miners.progress.course import Crew, Looks, Progress
from sim.miners.progress.draws import NOTHING, DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.mixed import Courses
from sim.miners.progress.trace import TraceProgress
from sim.traces.curve import Curve
from sim.traces.laws.published import law

SIZE = 3e9
ONE_WORLD = np.zeros(1, dtype=np.int64)


def crew(
    miners: int = 3, days: float = 10.0, every: int = 1800, skill: float = 0.0, worlds: tuple[int, ...] = (0,)
) -> Crew:
    """Miners of one H100 each, who look up at once and then every quarter of a day."""
    hardware = equip(Fleet(least=1, most=1, skill=skill), SIZE, miners, 1, worlds)
    looks = Looks(every, np.zeros(miners, dtype=np.int64), round(days * BLOCKS_PER_DAY))
    return Crew(hardware, looks, 1, worlds, backend())


def everything(progress: Progress, who: Crew) -> np.ndarray:
    """All work until the last look, `[miners, worlds]`."""
    course, rows = progress.course(who), np.arange(who.miners)
    world = np.arange(len(who.worlds))
    return sum(course.work(rows, np.full(who.miners, look), world) for look in range(who.looks.count))


def curve(loss: Sequence[float], tokens: Sequence[float], run: str = "one", unit: str = "nats") -> Curve:
    """A validation curve."""
    n = len(loss)
    given = np.array(loss), np.array(tokens)
    return Curve(run, np.arange(n) * 1.0, given[1], np.full(n, np.nan), given[0], "validation", unit)


class TestLaw:
    """Progress by a scaling law."""

    def test_work_is_tokens(self) -> None:
        """A quarter of a day of one H100, of which the cool-down takes its share; nothing before the first look."""
        who = crew()
        course = LawProgress(cooldown=0.2).course(who)
        found = course.work(np.arange(3), np.array([0, 1, 5]), ONE_WORLD)[:, 0]
        np.testing.assert_allclose(found, who.hardware.tokens[:, 0] * 0.8 * np.array([0.0, 0.25, 0.25]), rtol=1e-14)

    def test_loss_is_the_law(self) -> None:
        """E + A / N^a + B / D^b."""
        course = LawProgress("epoch", SIZE).course(crew())
        expected = 1.8172 + 482.01 / SIZE**0.3478 + 2085.43 / 1e12**0.3658
        assert float(course.loss(np.array([[1e12]]), ONE_WORLD)[0, 0]) == pytest.approx(expected, rel=1e-14)

    @pytest.mark.parametrize("name", ["hoffmann", "epoch", "refinedweb"])
    def test_somebody_elses_model(self, name: str) -> None:
        """C1: it is worth D_eff = (B / (L - E - A / N^a))^(1 / b) tokens, less what warming it up costs."""
        who = crew()
        warm, cold = (LawProgress(name, SIZE, rewarm_days=days).course(who) for days in (0.5, 0.0))
        constants = law(name)
        loss = constants.loss(SIZE, np.array([2e11, 5e11, 3e12]))
        above = loss - constants.entropy - constants.size_scale * SIZE**-constants.size_exponent
        expected = (constants.data_scale / above) ** (1.0 / constants.data_exponent)
        at = loss, np.arange(3), np.zeros(3, dtype=np.int64)
        np.testing.assert_allclose(cold.at(*at), expected, rtol=1e-9)
        spent = 0.5 * 0.85 * who.hardware.tokens[:, 0]
        np.testing.assert_allclose(warm.at(*at), expected - spent, rtol=1e-9)
        np.testing.assert_allclose(cold.loss(cold.at(*at)[:, None], None)[:, 0], loss, rtol=1e-12)

    def test_a_loss_that_nobody_reaches(self) -> None:
        """At the law's floor and below it the model counts as one of 1e18 tokens, and never as one of none."""
        course = LawProgress("epoch", SIZE, rewarm_days=0.0).course(crew())
        floor = float(law("epoch").floor(SIZE))
        found = course.at(np.array([floor, floor - 1.0]), np.arange(2), np.zeros(2, dtype=np.int64))
        np.testing.assert_allclose(found, 1e18, rtol=1e-6)
        high = course.at(np.array([1e3]), np.arange(1), np.zeros(1, dtype=np.int64))
        assert high.tolist() == [course.scratch]

    def test_pace(self) -> None:
        """It is what the log loss falls per day, by its difference quotient."""
        course, rows = LawProgress().course(crew(skill=0.3)), np.arange(3)
        here, day = np.full((3, 1), 5e11), 1e-4
        step = course.work(rows, np.array([1, 1, 1]), ONE_WORLD) * 4 * day
        fall = np.log(course.loss(here, rows)) - np.log(course.loss(here + step, rows))
        np.testing.assert_allclose(course.pace(here, rows, ONE_WORLD), fall / day, rtol=1e-6)

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
        gains = np.concatenate([course.work(rows, np.full(400, look), ONE_WORLD) for look in range(who.looks.count)])
        logs = np.log(gains[gains > 0] / 0.001) / 1.2
        assert kstest(logs, "norm").pvalue > 1e-3

    def test_an_idea_works_on_any_model(self) -> None:
        """Gains multiply the loss, whoever's it is: 2.45 e^-g from the start, and back."""
        course = IdeasProgress(start_loss=2.45).course(crew())
        assert float(course.loss(np.array(0.1), None)) == pytest.approx(2.45 * exp(-0.1), rel=1e-15)
        assert float(course.at(np.array(2.45 * exp(-0.1)), None, None)) == pytest.approx(0.1, rel=1e-14)
        assert float(course.advance(np.array(0.1), np.array(0.02))) == pytest.approx(0.12)

    def test_pace_is_the_mean_gain(self) -> None:
        """Ideas per day times the mean of a log-normal gain, g e^(sigma^2 / 2), times skill."""
        who = crew(skill=0.3)
        course = IdeasProgress(per_day=0.5, gain=0.002, sigma=0.8).course(who)
        expected = 0.5 * 0.002 * exp(0.32) * who.hardware.skill
        np.testing.assert_allclose(course.pace(np.zeros((3, 1)), np.arange(3), ONE_WORLD), expected, rtol=1e-14)

    def test_a_miner_has_his_ideas_whoever_is_there(self) -> None:
        """Neither more miners nor other worlds change anybody's ideas."""
        many, few = (everything(IdeasProgress(per_day=2.0), crew(n, worlds=w)) for n, w in ((9, (4, 7)), (3, (7,))))
        np.testing.assert_array_equal(many[:3, 1:], few)


class TestTrace:
    """Progress along recorded curves."""

    tokens = (1e6, 1e7, 1e8, 1e9)
    losses = (6.0, 4.0, 3.5, 3.2)

    def test_it_equals_the_curve_at_its_points(self) -> None:
        """And between them it is straight over log tokens."""
        course = TraceProgress((curve(self.losses, self.tokens),), begin=0.01, days=1e4).course(crew(1, 1.0))
        at = np.array([*self.tokens, 10**7.5])[:, None]
        expected = np.array([*self.losses, 3.75])[:, None]
        np.testing.assert_allclose(course.loss(at, np.zeros(5, dtype=int)), expected, rtol=1e-8)

    def test_what_is_published_is_the_lowest_so_far(self) -> None:
        """A bump of the curve is not followed."""
        course = TraceProgress((curve([6.0, 3.5, 4.0, 3.2], self.tokens),), begin=0.01, days=1e4).course(crew(1, 1.0))
        found = course.loss(np.array(self.tokens)[:, None], np.zeros(4, dtype=int))[:, 0]
        np.testing.assert_allclose(found, [6.0, 3.5, 3.5, 3.2], rtol=1e-8)

    def test_it_goes_on_from_a_given_loss(self) -> None:
        """Somebody else's model stands where one's own curve first is as low; at the end if it never is."""
        course = TraceProgress((curve(self.losses, self.tokens),), begin=0.01, days=1e4).course(crew(1, 1.0))
        nobody = np.zeros(4, dtype=int)
        found = course.at(np.array([4.0, 3.75, 3.2, 1.0]), nobody, nobody)
        np.testing.assert_allclose(found, [1e7, 10**7.5, 1e9, 1e9], rtol=1e-6)
        on = course.loss(course.advance(found[:1], np.array([10**7.5 - 1e7]))[:, None], nobody[:1])
        assert float(on[0, 0]) == pytest.approx(3.75, rel=1e-6)

    def test_everybody_has_a_curve(self) -> None:
        """Curves are dealt out by lot, as evenly as can be, each played at its miner's own speed."""
        curves = tuple(curve([loss - i for loss in self.losses], self.tokens, f"run {i}") for i in range(3))
        who = crew(7, 1.0, skill=0.2)
        course, rows = TraceProgress(curves, begin=0.5, days=1e3).course(who), np.arange(7)
        losses = course.loss(np.full((7, 1), 1e9), rows)[:, 0]
        assert sorted(np.unique(np.round(losses, 6), return_counts=True)[1]) == [2, 2, 3]
        work = course.work(rows, np.ones(7, dtype=int), ONE_WORLD)
        np.testing.assert_allclose(work, 1e9 / 1e3 * 0.25 * who.hardware.skill, rtol=1e-14)

    @pytest.mark.parametrize(
        ("progress", "said", "path"),
        [
            (TraceProgress((curve(losses, tokens),), days=5.0), "is too short for the horizon", "days"),
            (TraceProgress(()), "no curve of the library was chosen", "library"),
            (TraceProgress((curve(losses, tokens, unit="bpb"),)), "is in bpb; a world needs nats", "library"),
            (TraceProgress((curve(losses, [np.nan] * 4),)), "does not say how many tokens it saw", "library"),
            (TraceProgress((curve(losses, tokens),), begin=1.0), "begin must be a share between 0 and 1", "begin"),
        ],
    )
    def test_faults(self, progress: TraceProgress, said: str, path: str) -> None:
        """Curves that cannot be played are refused, with the key."""
        with pytest.raises(InputError, match=said) as found:
            progress.course(crew())
        assert found.value.path == (path,)


class TestDraws:
    """Independent models."""

    def test_laws(self) -> None:
        """-ln(loss) is exponential with the given mean, or Gumbel with the given scale, or drifts only."""
        who = crew(2000, 0.2)
        exponential, gumbel = (everything(DrawsProgress(name, 0.01), who).ravel() for name in ("exponential", "gumbel"))
        assert kstest(exponential / 0.01, "expon").pvalue > 1e-3
        assert kstest(gumbel / 0.01, "gumbel_r").pvalue > 1e-3
        course = DrawsProgress("fixed", drift=0.3).course(crew())
        assert course.work(np.arange(3), np.array([0, 2, 4]), ONE_WORLD)[:, 0].tolist() == pytest.approx([0, 0.15, 0.3])

    def test_a_model_is_shown_once(self) -> None:
        """A new model replaces the old one, and where none came there is none."""
        course = DrawsProgress().course(crew())
        found = course.advance(np.array([0.3, 0.3]), np.array([0.1, np.nan]))
        assert found.tolist() == [0.1, NOTHING]


class TestMixed:
    """Several ways in one world."""

    def test_shares(self) -> None:
        """Every stretch of miners has the shares of the ways."""
        kinds = Courses([(IdeasProgress(), 0.25), (LawProgress(), 0.75)], crew(100)).kind
        for first in range(0, 100, 20):
            assert abs((kinds[first : first + 20] == 0).sum() - 5) <= 1

    def test_each_goes_his_own_way(self) -> None:
        """What one course says for all lanes at once, and another lane by lane, stands side by side."""
        courses = Courses([(IdeasProgress(), 0.5), (LawProgress(), 0.5)], crew(6))
        ideas = courses.kind == 0
        assert ideas[0]
        start = np.repeat(courses.begin[:, None], 4, axis=1)
        pace = courses.pace(start, np.arange(6), ONE_WORLD)
        assert pace.shape == (6, 4)
        for way, his in ((LawProgress(), ~ideas), (IdeasProgress(), ideas)):
            alone = way.course(crew(6)).pace(start[his], np.flatnonzero(his), ONE_WORLD)
            np.testing.assert_array_equal(pace[his], np.broadcast_to(alone, (his.sum(), 4)))
