"""Who follows which strategy, and what happens to one that breaks the rules."""

from typing import Any

import numpy as np
import pytest
from steady_world import SEED, ended, kings, lane, steady

from policies import InputError, build
from sim.backend import backend
from sim.lanes import Columns, Lane
from sim.miners.choices import Choices, StrategyError
from sim.miners.population import Population
from sim.miners.strategies import build as strategy
from sim.miners.strategy import Decision, Strategy, View
from sim.world import World

NAN = float("nan")


class Bad(Strategy):
    """Decides by the book but for one field, which is told by `field`."""

    about = "breaks a rule"
    source = "this test"
    field: tuple[str, Any] = ("submit", True)

    def decide(self, view: View) -> Decision:
        """Stay, with a fault."""
        name, value = self.field
        given = value(view) if callable(value) else value
        return Decision(**({"submit": view.gain > 0} | {name: given}))


def fault(field: tuple[str, Any]) -> str:
    """What is said of a strategy with this fault, followed by m0 in the second of two lanes."""
    broken = type("Broken", (Bad,), {"__module__": __name__, "field": field})()
    mix = Population("with him", ((strategy("honest"), 1.0),), (broken,))
    with pytest.raises(StrategyError) as found:
        ended(steady(0.001, 0.002), lane("linear", name="sound"), Lane("rotten", build("fixed"), population=mix))
    assert isinstance(found.value, InputError)  # so the command line answers with exit code 2
    return str(found.value)


FAULTS = {
    "NaN": (("offer", NAN), "offer = nan", "a number from -inf to inf"),
    "NaN of one": (("least", lambda view: view.gain * NAN), "least = nan", "a number from -inf to inf"),
    "a float for a flag": (("train", 1.0), "train = 1.0", "true or false"),
    "floats for a flag": (("adopt", lambda view: view.gain * 0.0), "adopt = 0.0", "true or false"),
    "a perturbation of 2": (("perturbation", 2.0), "perturbation = 2.0", "a number from 0 to 1"),
    "less than one run": (("runs", 0), "runs = 0", "a number from 1 to 10000"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_named(what: str) -> None:
    """The message names strategy, field, miner, block and lane, and says the rule."""
    field, said, rule = FAULTS[what]
    expected = f"strategy test-choices decided {said} for miner 0 at block 0 in lane 'rotten', but it must be {rule}"
    assert fault(field) == expected


@pytest.mark.parametrize("value", [None, [True], "yes"])
def test_what_is_no_array_is_named(value: object) -> None:
    """A field that is neither a number nor an array is said with strategy, field and value."""
    assert fault(("copy", value)) == (
        f"strategy test-choices decided copy = {value!r}, but it must be a number or an array"
    )


def test_a_decision_is_returned() -> None:
    """A strategy that forgets its `return` is told what is missing."""
    forgetful = type("Forgetful", (Bad,), {"__module__": __name__, "decide": lambda self, view: None})()
    mix = Population("with him", ((strategy("honest"), 1.0),), (forgetful,))
    with pytest.raises(StrategyError, match="test-choices decided None, but it must return a Decision"):
        ended(steady(0.001, 0.002), Lane("rotten", build("fixed"), population=mix))


def test_nobody_is_blamed_for_lanes_that_he_does_not_play_in() -> None:
    """A strategy may be at a loss in a lane where nobody follows it: no lane depends on the others."""
    odd = type("Odd", (Bad,), {"__module__": __name__, "field": ("least", _lost_under_fixed)})()
    mix = Population("with him", ((strategy("honest"), 1.0),), (odd,))
    lanes = Lane("his", build("linear"), population=mix), lane("fixed", name="not his")
    assert kings(ended(steady(0.001, 0.002), *lanes), 1) == [(0, 1)]


def _lost_under_fixed(view: View) -> Any:
    return view.xp.where(view.floor == 0.005, NAN, 0.0)


def test_each_follows_his_strategy_in_each_lane() -> None:
    """Deviants are the first in the order of roles, which differs between worlds; the rest follow the mix."""
    lanes = lane("linear", "copycat", "sniper"), lane("linear")
    worlds = [0, 1, 2]
    choices = Choices(backend(), Columns(lanes, len(worlds)), 5, SEED, worlds)
    names = np.array([s.name() for s in choices.strategies])[choices.code]
    for column in range(3):
        rank = choices.rank[:, column]
        assert names[rank == 0, column] == ["copycat"]
        assert names[rank == 1, column] == ["sniper"]
        assert (names[rank > 1, column] == "honest").all()
    assert (names[:, 3:] == "honest").all()
    assert len({tuple(choices.rank[:, column]) for column in range(3)}) == 3


def test_many_strategies() -> None:
    """Hundreds of variants side by side keep their places."""
    lanes = [lane("linear", {"honest": {"certainty": 0.5 + i / 1000}}) for i in range(300)]
    choices = Choices(backend(), Columns(lanes, 1), 2, SEED, [0])
    first = [choices.strategies[number].values["certainty"] for number in choices.code[0]]
    assert first == [0.5 + i / 1000 for i in range(300)]


def test_a_mix_decides_as_each_would_alone() -> None:
    """Two lanes, each with a deviant of its own, are two worlds alone: nobody decides for another lane."""
    lanes = lane("linear", "withholder"), lane("linear", "blocker")
    together = ended(steady(0.004, 0.003, 0.001), *lanes)
    for number, own in enumerate(lanes):
        alone = ended(steady(0.004, 0.003, 0.001), own)
        for name in ("submissions", "position"):
            found = getattr(together.miners, name)[:, number]
            np.testing.assert_array_equal(found, getattr(alone.miners, name)[:, 0])


def test_without_a_population_all_are_honest() -> None:
    """A lane that names nobody has honest miners."""
    world = World(steady(0.001, 0.001), [Lane("bare", build("linear"))], SEED, [0])
    assert [s.name() for s in world.miners.choices.strategies] == ["honest"]
