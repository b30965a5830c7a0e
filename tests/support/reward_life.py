"""A reward rule that lives through a history of crowns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from policies.rewards import Crowning, Reward, find
from policies.rewards.base import Ledger
from policies.seen import Memory

MINERS = 4

ONE = 1.0 / 48  # a step of 30 minutes

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Event:
    """A step of a history: its length, what reigns in it, the measured gain, and whose models the king built on."""

    days: float
    king: int
    gain: float = 0.0
    line: tuple[int, ...] = ()


def crown(king: int, gain: float = 0.0, days: float = 1.0, line: tuple[int, ...] = ()) -> Event:
    """A step that begins with this king; a gain without a change of king is one over itself."""
    return Event(days, king, gain, line)


@dataclass(frozen=True)
class Life:
    """What a rule did in every step: `paid` `[steps, miners]` and `burned`, `held` `[steps]`, in days."""

    paid: np.ndarray
    burned: np.ndarray
    held: np.ndarray
    memory: Memory
    ledger: Ledger

    @property
    def earned(self) -> np.ndarray:
        """By miner."""
        return self.paid.sum(axis=0)


def told(events: Sequence[Event]) -> Iterator[tuple[np.ndarray, Crowning, float]]:
    """What a rule is told in every step: weights, news, days; lineages are shown with fresh models only."""
    before = -1
    for e in events:
        fresh = e.king != before or e.gain != 0
        line = np.array([fresh and miner in (e.line or (e.king,)) for miner in range(MINERS)])
        weights = (np.arange(MINERS) == e.king).astype(float)
        yield weights, Crowning(e.king, e.king != before, e.gain, fresh, line), e.days
        before = e.king


def live(rule: Reward, events: Sequence[Event]) -> Life:
    """Let a rule pay through a history; nothing is in `paid` before."""
    (memory, ledger), rows = rule.begin(MINERS), []
    for weights, news, days in told(events):
        paid = np.full(MINERS, np.nan)
        burned = rule.pay(memory, ledger, weights, news, days, paid)
        rows.append((paid * days, burned * days, rule.escrow(memory, ledger)))
    paid, burned, held = (np.array(each) for each in zip(*rows, strict=True))
    return Life(paid, burned, held, memory, ledger)


def by_steps(events: Sequence[Event], step: float = ONE) -> list[Event]:
    """The same history in short steps."""
    out = []
    for e in events:
        count = round(e.days / step)
        out += [crown(e.king, e.gain, step, e.line), *[crown(e.king, 0.0, step, e.line)] * (count - 1)]
    return out


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Gains of both signs; after the first king there is always one."""
    days = draw(st.lists(st.sampled_from([ONE, 0.5, 3.0]), min_size=1, max_size=25))
    king, gain = st.integers(0, MINERS - 1), st.floats(-0.02, 0.05)
    line = st.lists(king, max_size=MINERS, unique=True).map(tuple)
    without = draw(st.integers(0, len(days)))
    reign = [crown(draw(king), draw(st.one_of(st.just(0.0), gain)), each, draw(line)) for each in days[without:]]
    return [crown(-1, 0.0, each) for each in days[:without]] + reign


@st.composite
def rules(draw: st.DrawFn, name: str) -> Reward:
    """A rule of one kind with parameters from where a search would look."""
    kind = find(name)
    some = {key: draw(st.floats(*p.search)) for key, p in kind.parameters().items()}
    whole = {key: float(round(v)) for key, v in some.items() if kind.parameters()[key].scale == "integer"}
    return kind(**some | whole)
