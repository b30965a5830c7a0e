# ruff: noqa: S101 - laws are asserts
"""Laws about public history: `PolicyContract` has them too, and a policy of class D keeps them by ignoring it."""

from dataclasses import fields
from math import inf, nan
from typing import Any, ClassVar
from unittest import SkipTest

import numpy as np

from policies.arrays import namespace
from policies.base import Policy
from policies.contract_cases import COMMON_AGES, agree, near, vectors
from policies.export import export
from policies.seen import Memory, News, Seen

Row = tuple[float, bool, float, float, float, float, float]
"""One evaluation: block, crowned, gain, gap, loss, best, error."""

FIRST: Row = (4_000_000.0, True, 0.0, inf, 2.5, -0.01, 1e-3)


def _descent(crowns: int, every: float, gain: float, misses: bool = True) -> list[Row]:
    """The first king, and others at even distances, with a near miss before each or none."""
    rows = [FIRST]
    for number in range(1, crowns):
        block, loss = FIRST[0] + number * every, 1.5 + np.exp(-gain * number)
        rows += [(block - every / 2, False, 0.0, inf, loss, gain / 2, 1e-3)] if misses else []
        rows.append((block, True, gain, every / 7200, loss, -gain, 1e-3))
    return rows


HISTORIES: dict[str, list[Row]] = {
    "nothing": [],
    "one crown": [FIRST],
    "eight crowns": _descent(8, 7_000.0, 0.004),
    "no crown": [(4_000_000.0 + 150 * i, False, 0.0, inf, nan, 1e-4 * i, 1e-3) for i in range(20)],
    "no challenger": [FIRST, *((4_000_150.0 + 150 * i, False, 0.0, inf, 2.5, -inf, 1e-3) for i in range(5))],
    "crowns in one block": [FIRST, FIRST, (FIRST[0], True, 0.004, 0.0, 2.49, 0.002, 1e-3), FIRST],
    "no standard errors": [(b, c, g, d, loss, best, nan) for b, c, g, d, loss, best, _ in _descent(4, 7_000.0, 0.004)],
    "nothing is known": [(4_000_000.0, True, nan, nan, nan, nan, nan), (4_000_150.0, False, nan, nan, nan, nan, nan)],
    "strange numbers": [
        (4_000_000.0, True, inf, inf, 0.0, inf, 0.0),
        (4_007_200.0, True, -0.5, 1.0, inf, -0.5, inf),
        (3_900_000.0, True, 1.0, -1.0, 1e-9, 0.0, 0.0),
        (4_007_200.0, False, 0.0, inf, 50.0, 0.0, 1e-12),
    ],
}
"""What may have happened, by a name for messages."""

LONG = _descent(10_000, 300.0, 1e-4, misses=False)
"""Ten thousand crowns."""

MODELS: tuple[tuple[float, float, float, float, float, float], ...] = (
    (nan, 0.0, inf, nan, nan, nan),  # never king, never measured
    (3_600.0, 0.004, 2.0, 2.5, 1e-3, 0.5),
    (0.0, 0.02, 14.0, 1.7, 5e-4, 1.0),
    (50_000.0, 1e-9, 0.01, 2.5, 0.01, 0.0),
    (inf, inf, inf, inf, inf, inf),
    (100.0, nan, nan, nan, nan, nan),
    (-5.0, -0.01, -1.0, -1.0, 0.0, -1.0),
    (100.0, 0.0, 0.0, 0.0, 0.0, 2.0),
)
"""What may be known about a model: since (NaN: its age), gain, gap, loss, error, similarity of the challenger."""


class HistoryLaws:
    """What a policy that reads history promises beside what holds for one of an age alone.

    Attributes:
        policy: the class under test.
    """

    policy: ClassVar[type[Policy]]

    @classmethod
    def examples(cls) -> list[Policy]:
        """Policies of one family that every law is checked on, the default first."""
        return [cls.policy(**values) for values in vectors(cls.policy)]

    @classmethod
    def stacked(cls) -> Policy:
        """All examples as one policy over lanes."""
        some = cls.examples()
        return some[0].stack(some)

    def test_any_history_gives_a_fraction_that_never_increases(self) -> None:
        """Whatever is known, epsilon is in [0, 1), never rises with age, and is least at age inf, in every lane."""
        lanes, width = self.stacked(), len(self.examples())
        for name, memory, now in _remembered(lanes, width):
            for number, model in enumerate(MODELS):
                said = f"{self.policy.__name__} after {name}, model {number}"
                epsilon = lanes.epsilon(AGES + np.zeros(width), _seen(AGES, model, now, memory))
                assert np.all((epsilon >= 0) & (epsilon < 1)), f"{said}: {epsilon.min()} to {epsilon.max()}"
                rises = np.diff(epsilon, axis=0) - 4 * np.spacing(epsilon[0])
                assert rises.max() <= 0, f"{said}: rises by {rises.max()}"
                assert np.all(epsilon[-1] <= epsilon.min(axis=0)), f"{said}: age inf does not give the least"
                early = lanes.epsilon(np.full((1, width), -7.0), _seen(AGES[:1], model, now, memory))
                agree(early, epsilon[:1], f"{said}, negative age")

    def test_memory_keeps_its_shape(self) -> None:
        """What is remembered has the same names, shapes and types after any news, after ten thousand crowns too."""
        lanes, width = self.stacked(), len(self.examples())
        for name, memory, now in _remembered(lanes, width, {**HISTORIES, "ten thousand crowns": LONG}):
            said = f"{self.policy.__name__} after {name}"
            assert list(memory) == list(lanes.begin(np.zeros(width))), f"{said}: remembers {list(memory)}"
            for key, value in memory.items():
                assert value.shape == (width,), f"{said}: {key} has shape {value.shape}"
                assert value.dtype == np.float64, f"{said}: {key} is {value.dtype}"
            epsilon = lanes.epsilon(AGES + np.zeros(width), _seen(AGES, MODELS[1], now, memory))
            assert np.all((epsilon >= 0) & (epsilon < 1)), f"{said}: epsilon is {epsilon.min()} to {epsilon.max()}"

    def test_replayed_news_give_the_same(self) -> None:
        """Memory is a function of the news alone, bit for bit, and neither news nor old memory are changed."""
        lanes, width = self.stacked(), len(self.examples())
        twice = zip(_remembered(lanes, width), _remembered(self.stacked(), width), strict=True)
        for (name, first, _), (_, second, _) in twice:
            for key, value in first.items():
                agree(second[key], value, f"{self.policy.__name__} after {name}: {key}")
        for row in HISTORIES["eight crowns"]:
            memory, news = lanes.begin(np.zeros(width)), _news(row, np.ones(width, dtype=bool))
            lanes.remember(memory, news, np)
            for key, value in lanes.begin(np.zeros(width)).items():
                agree(memory[key], value, f"{self.policy.__name__} writes into {key}")
            for f in fields(News):
                again = getattr(_news(row, np.ones(width, dtype=bool)), f.name)
                agree(getattr(news, f.name), again, f"{self.policy.__name__} writes into {f.name} of the news")

    def test_no_evaluation_changes_nothing(self) -> None:
        """Where nothing was judged, nothing is learnt."""
        lanes, width = self.stacked(), len(self.examples())
        for name, memory, _ in _remembered(lanes, width):
            for row in (*HISTORIES["eight crowns"], *HISTORIES["strange numbers"]):
                after = lanes.remember(memory, _news(row, np.zeros(width, dtype=bool)), np)
                for key, value in memory.items():
                    agree(after[key], value, f"{self.policy.__name__} after {name}: {key}")

    def test_lanes_remember_as_each_alone(self) -> None:
        """A lane remembers, bit for bit, what its policy alone does, though evaluations differ from lane to lane."""
        some, lanes = self.examples(), self.stacked()
        for name, rows in _histories(lanes).items():
            memory, now = _told(lanes, rows, len(some)), _now(rows)
            together = lanes.epsilon(AGES + np.zeros(len(some)), _seen(AGES, MODELS[1], now, memory))
            for lane in range(0, len(some), 7):
                own = [row for step, row in enumerate(rows) if _judged(step, lane)]
                alone = _told(some[lane], own, 1, everything=True)
                said = f"{some[lane]} after {name}"
                for key, value in alone.items():
                    agree(memory[key][lane : lane + 1], value, f"{said}: {key}")
                epsilon = some[lane].epsilon(AGES, _seen(AGES, MODELS[1], now, alone))
                agree(together[:, lane : lane + 1], epsilon, said)

    def test_torch_remembers_the_same(self) -> None:
        """In torch memory and epsilon are the same, to a relative 1e-9, as rounding adds up."""
        try:
            import torch  # noqa: PLC0415 - heavy, and only this test needs it
        except ImportError:
            raise SkipTest("torch is not installed") from None
        lanes, width = self.stacked(), len(self.examples())
        there, xp = lanes.on(torch.zeros(1)), namespace(torch.zeros(1))
        for name, rows in _histories(lanes).items():
            here, now = _told(lanes, rows, width), _now(rows)
            memory = _told(there, rows, width, xp)
            for model in MODELS:
                asked, seen = AGES + np.zeros(width), _seen(AGES, model, now, here)
                facts = {f.name: torch.asarray(getattr(seen, f.name)) for f in fields(Seen) if f.name != "memory"}
                found = lanes.epsilon(torch.asarray(asked), Seen(**facts, memory=memory))
                assert found.dtype == torch.float64, f"{self.policy.__name__}: gives {found.dtype} in torch"
                near(found.numpy(), lanes.epsilon(asked, seen), f"{self.policy.__name__} in torch after {name}", 1e-9)

    def test_exported_class_remembers_the_same(self) -> None:
        """An exported class that is told the same gives the same, to a relative 1e-9."""
        some = self.examples()
        if not some[0].reads:
            raise SkipTest(f"{self.policy.__name__} is of class D, and reads no history")
        for policy in some[:: max(1, len(some) // 5)]:
            for name, rows in _histories(policy).items():
                memory, now = _told(policy, rows, 1, everything=True), _now(rows)
                told = exported(policy)
                for block, *row in rows:
                    told.remember(
                        block, **dict(zip(("crowned", "gain", "gap", "loss", "best", "error"), row, strict=True))
                    )
                for model in MODELS:
                    asked = np.floor(AGES[now > AGES])
                    expected = policy.epsilon(asked[:, None], _seen(asked[:, None], model, now, memory))
                    facts = dict(zip(("gain", "gap", "loss", "error", "similarity"), model[1:], strict=True))
                    known = facts if np.isnan(model[0]) else {**facts, "crowned": now - model[0]}
                    found = [told.compute_epsilon(now, now - age, {now - age: known}) for age in asked.tolist()]
                    near(np.array(found)[:, None], expected, f"{policy} exported, after {name}", 1e-9)

    def test_says_what_it_reads(self) -> None:
        """Class D ignores history, D+ remembers nothing, and whoever reads says what is to be stored."""
        some = self.examples()
        for name, memory, now in _remembered(some[0], 1):
            assert some[0].state == "V" or not memory, f"{some[0]} is of class {some[0].state} and remembers {memory}"
            if not some[0].reads:
                for model in MODELS:
                    found = some[0].epsilon(AGES, _seen(AGES, model, now, memory))
                    agree(found, some[0].epsilon(AGES), f"{some[0]} of class D after {name}")
        said = some[0].stores != Policy.stores
        assert said == some[0].reads, (
            f"{self.policy.__name__} must say in `stores` what its class {some[0].state} needs"
        )


AGES = np.sort(COMMON_AGES)[:, None]


def exported(policy: Policy) -> Any:
    """An instance of the exported class, from the text alone."""
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    return space[[name for name in space if name.endswith("Epsilon")][-1]]()


def _judged(step: int, lane: int) -> bool:
    """Lanes are not all judged at once."""
    return (step + lane) % 4 != 1


def _now(rows: list[Row]) -> float:
    return max([4_000_000.0, *(row[0] for row in rows)]) + 1_234.0


def _histories(policy: Policy, histories: dict[str, list[Row]] = HISTORIES) -> dict[str, list[Row]]:
    """What may have happened; nothing, for whoever would not remember it."""
    return histories if policy.begin(np.zeros(1)) else {"nothing": []}


def _remembered(
    policy: Policy, width: int, histories: dict[str, list[Row]] = HISTORIES
) -> list[tuple[str, Memory, float]]:
    """Each history's name, what the policy remembers after it, and a block soon after."""
    some = _histories(policy, histories)
    return [(name, _told(policy, rows, width), _now(rows)) for name, rows in some.items()]


def _told(policy: Policy, rows: list[Row], width: int, xp: Any = np, everything: bool = False) -> Memory:
    """What the policy remembers after these evaluations, where some lanes miss some of them unless it is everything."""
    memory = policy.begin(xp.zeros(width, dtype=xp.float64))
    for step, row in enumerate(rows):
        judged = np.array([everything or _judged(step, lane) for lane in range(width)])
        memory = policy.remember(memory, _news(row, judged, xp), xp)
    return memory


def _news(row: Row, judged: np.ndarray, xp: Any = np) -> News:
    """An evaluation in every lane that is judged."""
    block, crowned, *others = row
    wide = [xp.asarray(np.full(judged.shape, value)) for value in (block, crowned, *others)]
    return News(wide[0], xp.asarray(judged), *wide[1:])


def _seen(age: np.ndarray, model: tuple[float, ...], now: float, memory: Memory) -> Seen:
    since, gain, gap, loss, error, alike, at = (np.full(age.shape, value) for value in (*model, now))
    return Seen(np.where(np.isnan(since), age, since), gain, gap, loss, error, at, alike, memory)
