"""Courses of progress behind addresses."""

import numpy as np
import pytest
from courses import FALLING, Compiled, crew

from sim.compiler import functions
from sim.miners.progress.course import Progress
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import TraceProgress


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
