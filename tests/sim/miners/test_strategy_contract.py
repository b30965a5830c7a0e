"""The contract holds for every strategy in the folder, and fails for strategies that break it."""

from dataclasses import replace
from itertools import count
from typing import Any
from unittest import SkipTest

import numpy as np
import pytest

from policies import Parameter
from sim.miners.contract import StrategyContract
from sim.miners.strategies import find, names
from sim.miners.strategy import Decision, Strategy, View

for _name in names():
    _title = f"Test{_name.title().replace('-', '')}"
    globals()[_title] = type(_title, (StrategyContract,), {"__module__": __name__, "strategy": find(_name)})


class Sound(Strategy):
    """A strategy that keeps the contract: what the broken ones are made from."""

    about = "submits what is better by a margin than the king and than what is committed"
    source = "this test"
    honest = True

    margin = Parameter("how much better it must be", "log loss", 0.0, 1.0, 0.001, (0.0, 0.01))

    def decide(self, view: View) -> Decision:
        """Better than both."""
        better = (view.gain > view.bar + self.margin) & (view.gain > view.live_gain + self.margin)
        return Decision(submit=view.active & ~view.king & better)


class Undeclared(Sound):
    """A parameter without a unit."""

    other = Parameter("nobody knows", "", 0.0, 1.0, 0.5, (0.0, 1.0))


class Soft(Sound):
    """Can be changed after the fact."""

    __setattr__ = object.__setattr__


class Tall(Sound):
    """Decides for more columns than there are."""

    def decide(self, view: View) -> Decision:
        """One column too many."""
        submit = super().decide(view).submit
        return Decision(submit=view.xp.concat([submit, submit], axis=1))


class Wavering(Sound):
    """Answers yes and no with numbers."""

    def decide(self, view: View) -> Decision:
        """A float."""
        return Decision(submit=1.0 * super().decide(view).submit)


class Lost(Sound):
    """Offers a NaN."""

    def decide(self, view: View) -> Decision:
        """The margin over a commitment that was not evaluated is NaN."""
        return replace(super().decide(view), offer=view.live_gain)


class Wild(Sound):
    """Perturbs by more than the model."""

    def decide(self, view: View) -> Decision:
        """Twice the model."""
        return replace(super().decide(view), perturbation=2.0)


class Moody(Sound):
    """Remembers how often it was asked."""

    asked = count()

    def decide(self, view: View) -> Decision:
        """Every second time."""
        return replace(super().decide(view), train=next(self.asked) % 2 == 0)


class Careless(Sound):
    """Writes into the view."""

    def decide(self, view: View) -> Decision:
        """Spoils the rivals' pace."""
        view.rivals[:] = 0.0
        return super().decide(view)


class Sociable(Sound):
    """Looks at the other columns."""

    def decide(self, view: View) -> Decision:
        """Trains where the mean over columns says so."""
        return replace(super().decide(view), train=view.draw > np.mean(np.asarray(view.gain)))


class Local(Sound):
    """Knows numpy only."""

    def decide(self, view: View) -> Decision:
        """Rests elsewhere."""
        return replace(super().decide(view), train=view.xp is np)


class Ghost(Sound):
    """Submits from outside."""

    def decide(self, view: View) -> Decision:
        """Without asking whether he is there."""
        return Decision(submit=view.gain > view.live_gain + self.margin)


class Leaver(Sound):
    """Leaves, and leaves a model behind."""

    def decide(self, view: View) -> Decision:
        """Out at once."""
        return replace(super().decide(view), active=False)


class Mirror(Sound):
    """Copies nobody."""

    def decide(self, view: View) -> Decision:
        """Without asking whether there is a king."""
        return replace(super().decide(view), copy=True)


class Restless(Sound):
    """Commits the same model at every look."""

    def decide(self, view: View) -> Decision:
        """Without asking what is committed."""
        return Decision(submit=view.active & (view.gain > view.bar))


LAWS = sorted(name for name in dir(StrategyContract) if name.startswith("test_"))


def broken(strategy: type[Strategy], law: str) -> bool:
    """Whether a strategy fails one of the contract's tests."""
    contract: Any = type("Contract", (StrategyContract,), {"strategy": strategy})()
    try:
        getattr(contract, law)()
    except SkipTest:
        return False
    except Exception:
        return True
    return False


@pytest.mark.parametrize("law", LAWS)
def test_a_sound_strategy_of_a_stranger_breaks_no_law(law: str) -> None:
    """A strategy that stands in no folder of ours keeps the contract when its rule does."""
    assert not broken(Sound, law)


@pytest.mark.parametrize(
    ("strategy", "law"),
    [
        (Undeclared, "test_parameters_are_declared"),
        (Soft, "test_frozen_and_pickles"),
        (Tall, "test_decisions_fit_the_view"),
        (Wavering, "test_flags_are_booleans_and_numbers_are_numbers"),
        (Lost, "test_flags_are_booleans_and_numbers_are_numbers"),
        (Wild, "test_flags_are_booleans_and_numbers_are_numbers"),
        (Moody, "test_same_view_same_decision"),
        (Careless, "test_inputs_are_left_alone"),
        (Sociable, "test_each_miner_and_column_decides_alone"),
        (Local, "test_torch_decides_the_same"),
        (Ghost, "test_who_is_out_submits_nothing"),
        (Leaver, "test_who_is_out_submits_nothing"),
        (Mirror, "test_without_a_king_there_is_nothing_to_copy"),
        (Restless, "test_the_same_model_is_not_committed_again"),
        (Restless, "test_the_honest_wait_for_an_evaluation"),
    ],
)
def test_a_broken_strategy_breaks_its_law(strategy: type[Strategy], law: str) -> None:
    """Every law can fail: a strategy made to break it does."""
    assert broken(strategy, law)
