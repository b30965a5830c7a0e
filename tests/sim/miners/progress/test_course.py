"""Several ways in one world."""

import numpy as np
from courses import Compiled, crew

from sim.miners.progress.course import Courses
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress


def test_shares() -> None:
    """Every stretch of miners has the shares of the ways."""
    kinds = Courses([(IdeasProgress(), 0.25), (LawProgress(), 0.75)], crew(100), []).kind
    for first in range(0, 100, 20):
        assert abs((kinds[first : first + 20] == 0).sum() - 5) <= 1


def test_each_goes_its_own_way() -> None:
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
