"""Progress along recorded curves."""

from math import log

import numpy as np
import pytest
from courses import FALLING, Compiled, crew, curve

from policies import InputError
from sim.miners.progress.trace import TraceProgress


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
