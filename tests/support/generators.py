"""Shared hypothesis strategies: policies, ages and pools of models."""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from policies import Parameter, Policy, find, names
from sim.mechanism.pool import pool_of

NOW = 5_000_000
"""The current block of a generated pool."""

MARGINS = (0.0, 0.0001, 0.0005, 0.005, 0.5)
"""Advantages in pools; losses are products of `1 - margin`, so that ties and exact bars are common."""


class Models(NamedTuple):
    """A pool of models, each array `[models]`."""

    score: np.ndarray
    block: np.ndarray
    epsilon: np.ndarray

    @property
    def size(self) -> int:
        """Number of models."""
        return len(self.score)

    def at(self, order: Any) -> "Models":
        """The models in another order, or some of them."""
        return Models(*(array[order] for array in self))

    def seats(self, floor: Any = 0.0, present: Any = True) -> np.ndarray:
        """The pool as the mechanism takes it."""
        return pool_of(*self, floor, present)


@st.composite
def policies(draw: st.DrawFn, family: str | None = None) -> Policy:
    """A policy of any family, or of the given one; parameters anywhere inside their hard bounds."""
    kind = find(draw(st.sampled_from(names())) if family is None else family)
    values: dict[str, Any] = {key: draw(_value(parameter)) for key, parameter in kind.parameters().items()}
    for left, _, right in kind.rules * len(kind.rules):  # a chain of them needs several rounds
        values[left], values[right] = sorted((values[left], values[right]))
    if hasattr(kind, "usual"):
        others = [name for name in names() if find(name) is not kind]
        values["then"] = draw(policies(draw(st.sampled_from(others))))
    return kind(**values)


def ages() -> st.SearchStrategy[float]:
    """An age in blocks: whole or not, long decayed, negative, or infinite."""
    return st.one_of(
        st.integers(-1000, 3_000_000).map(float),
        st.floats(0.0, 1e7),
        st.sampled_from((0.0, 1.0, 7200.0, np.inf, -np.inf)),
    )


@st.composite
def pools(draw: st.DrawFn, strange: bool = False, least: int = 0, most: int = 7) -> Models:
    """A pool with ties, exact bars and shared blocks.

    `strange` adds losses that are inf, NaN or 0, blocks that are inf, and models newer than now.
    """
    size = draw(st.integers(least, most))
    rows = draw(st.lists(_model(strange), min_size=size, max_size=size))
    return Models(*np.ascontiguousarray(np.array(rows, dtype=np.float64).reshape(size, 3).T))


def pairs(size: int) -> st.SearchStrategy[np.ndarray]:
    """An advantage of each model over each other, float64 `[size, size]`."""
    count = size * size
    return st.lists(floors(), min_size=count, max_size=count).map(lambda m: np.array(m).reshape(size, size))


def flags(size: int) -> st.SearchStrategy[np.ndarray]:
    """Yes or no for each model, bool `[size]`."""
    return st.lists(st.booleans(), min_size=size, max_size=size).map(lambda f: np.array(f, dtype=bool))


def floors() -> st.SearchStrategy[float]:
    """An advantage after full decay."""
    return st.sampled_from(MARGINS)


def _model(strange: bool) -> st.SearchStrategy[tuple[float, float, float]]:
    margin = st.sampled_from(MARGINS)
    score = st.tuples(margin, margin).map(lambda m: 2.5 * (1 - m[0]) * (1 - m[1]))
    score |= score.map(lambda s: float(np.nextafter(s, 0.0)))
    block = st.integers(0, 3).map(lambda day: NOW - 7200.0 * day)
    if strange:
        score |= st.sampled_from((np.inf, np.nan, 0.0))
        block |= st.sampled_from((np.inf, NOW + 100.0))
    return st.tuples(score, block, margin)


def _value(parameter: Parameter) -> st.SearchStrategy[float]:
    ends = st.sampled_from((parameter.low, parameter.high, parameter.default, *parameter.search)).map(float)
    if parameter.scale == "integer":
        return ends | st.integers(int(parameter.low), int(parameter.high)).map(float)
    return ends | st.floats(*parameter.search)
