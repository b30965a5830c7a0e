"""The panel: policies side by side."""

from dataclasses import fields, replace

import numpy as np
import pytest
from generators import ages, policies
from hypothesis import given
from hypothesis import strategies as st

from policies import News, Panel, Policy, Seen, build, names
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


def news(step: int, width: int) -> News:
    """An evaluation that differs from lane to lane: every third crowns, every fifth lane has none."""
    lane = np.arange(width)
    crowned = (step + lane) % 3 == 0
    gain = np.where(crowned, 0.001 * (1 + lane % 4), 0.0)
    block, loss, best = 4_000_000.0 + 3_600.0 * step, 2.5 - 0.01 * step, 0.0005 * (lane % 3)
    return News(
        np.full(width, block), (step + lane) % 5 != 0, crowned, gain, gain * 500, loss + gain, best, gain + 1e-3
    )


def seen(age: np.ndarray) -> Seen:
    """Facts that differ from model to model and from lane to lane."""
    some = np.linspace(0.0, 1.0, age.size).reshape(age.shape)
    return Seen(age / 2, some / 50, 5 * some, 2 + some, some / 500, np.full(age.shape, 4_100_000.0))


def test_each_lane_reads_its_own_history() -> None:
    """After news that differ between lanes, a lane of the panel gives what its policy alone gives of its own news."""
    some = [build(name) for name in names()]
    panel, width = Panel([*some, *some[::-1]]), 2 * len(some)
    memories = [policy.begin(np.zeros(1)) for policy in (*some, *some[::-1])]
    for step in range(12):
        told = news(step, width)
        panel.remember(told)
        for lane, policy in enumerate((*some, *some[::-1])):
            own = News(**{f.name: getattr(told, f.name)[lane : lane + 1] for f in fields(News)})
            memories[lane] = policy.remember(memories[lane], own, np)
    ages = np.geomspace(1, 1e6, 20)[:, None] + np.zeros(width)
    found, facts = panel.epsilon(ages, seen(ages)), seen(ages)
    for lane, policy in enumerate((*some, *some[::-1])):
        own = facts.of(slice(lane, lane + 1), memories[lane])
        assert same(found[:, lane : lane + 1], policy.epsilon(ages[:, lane : lane + 1], own)), policy


def test_a_number_is_a_fact_for_all_lanes() -> None:
    """A fact may be one number for all models, such as the block that is asked about."""
    panel = Panel([build(name) for name in names()])
    ages = np.geomspace(1, 1e6, 20)[:, None] + np.zeros(panel.width)
    assert same(panel.epsilon(ages, replace(seen(ages), now=4_100_000)), panel.epsilon(ages, seen(ages)))


def test_a_moved_panel_reads_history() -> None:
    """In torch a panel remembers and answers the same, to a relative 1e-9."""
    torch = pytest.importorskip("torch")
    here, there = (Panel([build(name) for name in names()]) for _ in range(2))
    there.move(torch.zeros(there.width, dtype=torch.float64))
    for step in range(12):
        told = news(step, here.width)
        here.remember(told)
        there.remember(News(**{f.name: torch.asarray(getattr(told, f.name)) for f in fields(News)}))
    ages = np.geomspace(1, 1e6, 20)[:, None] + np.zeros(here.width)
    facts = {f.name: torch.asarray(getattr(seen(ages), f.name)) for f in fields(Seen) if f.name != "memory"}
    found = there.epsilon(torch.asarray(ages), Seen(**facts))
    assert found.numpy() == pytest.approx(here.epsilon(ages, seen(ages)), rel=1e-9)
