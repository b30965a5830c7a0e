"""The panel: policies side by side."""

import numpy as np
import pytest
from generators import ages, policies
from hypothesis import given
from hypothesis import strategies as st

from policies import Panel, Policy, build, names
from policies.contract import same

PANELS = st.lists(policies(), min_size=1, max_size=8)
ROWS = st.lists(ages(), min_size=1, max_size=6)


@given(panel=PANELS, rows=ROWS, repeat=st.integers(1, 3))
def test_each_lane_is_its_policy_alone(panel: list[Policy], rows: list[float], repeat: int) -> None:
    """A lane of a mixed panel gives, bit for bit, what its policy alone gives, in each of its columns."""
    asked = np.repeat(np.array(rows)[:, None], len(panel) * repeat, axis=1)
    found = Panel(panel, repeat).epsilon(asked)
    for lane, policy in enumerate(panel):
        for column in range(lane * repeat, (lane + 1) * repeat):
            assert same(found[:, column], policy.epsilon(np.array(rows)))


@given(panel=PANELS, rows=ROWS, data=st.data())
def test_order_does_not_matter(panel: list[Policy], rows: list[float], data: st.DataObject) -> None:
    """A lane does not change when the others are put in another order, or taken away."""
    order = data.draw(st.lists(st.sampled_from(range(len(panel))), min_size=1))
    asked = np.repeat(np.array(rows)[:, None], len(panel), axis=1)
    found = Panel([panel[i] for i in order]).epsilon(asked[:, :1] + np.zeros(len(order)))
    assert same(found, Panel(panel).epsilon(asked)[:, order])


@given(panel=PANELS)
def test_floor_is_full_decay(panel: list[Policy]) -> None:
    """The panel's floor is every lane's epsilon at age inf."""
    assert same(Panel(panel).floor(), np.array([policy.epsilon(np.inf) for policy in panel]))


@given(panel=PANELS, shape=st.sampled_from([(), (1,), (2,), (2, 3)]))
def test_any_leading_shape(panel: list[Policy], shape: tuple[int, ...]) -> None:
    """Ages may have any number of axes before the lanes, and each lane its own age."""
    asked = np.arange(np.prod(shape) * len(panel)).reshape(*shape, len(panel)) * 1000.0
    found = Panel(panel).epsilon(asked)
    assert found.shape == asked.shape
    for lane, policy in enumerate(panel):
        assert same(found[..., lane], policy.epsilon(asked[..., lane]))


def test_whole_blocks_may_be_ints() -> None:
    """Ages in whole blocks give the same advantage whether they are ints or floats."""
    panel = Panel([build(name) for name in names()])
    asked = np.arange(0, 50_000, 777)[:, None] + np.arange(len(names()))
    assert same(panel.epsilon(asked), panel.epsilon(asked.astype(np.float64)))


def test_torch_gives_the_same() -> None:
    """A mixed panel gives the same in torch, to a relative 1e-12."""
    torch = pytest.importorskip("torch")
    panel = Panel([build(name) for name in (*names(), *names()[::-1])], repeat=2)
    asked = np.geomspace(1, 1e6, 40)[:, None] + np.zeros(panel.width)
    found = panel.epsilon(torch.asarray(asked))
    assert found.dtype == torch.float64
    assert found.numpy() == pytest.approx(panel.epsilon(asked), rel=1e-12)
    assert panel.epsilon(torch.asarray(asked.astype(np.int64))).dtype == torch.float64
