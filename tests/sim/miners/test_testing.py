"""The contract of strategies holds for a sound strategy of a stranger, and fails for strategies that break it."""

import unittest
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from policies import Parameter
from sim.miners.strategy import Decision, Strategy, View
from sim.miners.testing import StrategyContract


class Sound(Strategy):
    """A strategy that keeps the contract: what the broken ones are made from."""

    about = "submits what is better by a margin than the king and than what is committed"
    source = "this test"
    honest = True

    margin = Parameter("how much better it must be", "log loss", 0.0, 1.0, 0.001, (0.0, 0.01))

    def decide(self, view: View) -> Decision:
        """Better than both."""
        return Decision(submit=better(view, self.margin))


def better(view: View, margin: float) -> bool:
    """Whether a challenger's model is better by the margin than the king and than what is committed."""
    news = view.gain > view.bar + margin and view.gain > view.live_gain + margin
    return view.active and not view.king and news


class Undeclared(Sound):
    """A parameter without a unit."""

    other = Parameter("nobody knows", "", 0.0, 1.0, 0.5, (0.0, 1.0))


class Soft(Sound):
    """Can be changed after the fact."""

    __setattr__ = object.__setattr__


class Silent(Sound):
    """Forgets to return what it decided."""

    def decide(self, view: View) -> Decision:
        """None."""
        super().decide(view)


class Wide(Sound):
    """Decides for a whole array."""

    def decide(self, view: View) -> Decision:
        """For two miners."""
        return Decision(submit=np.array([better(view, self.margin)] * 2))


class Wavering(Sound):
    """Answers yes and no with numbers."""

    def decide(self, view: View) -> Decision:
        """A float."""
        return Decision(submit=1.0 * better(view, self.margin))


class Wordy(Sound):
    """Answers in words."""

    def decide(self, view: View) -> Decision:
        """A string."""
        return replace(super().decide(view), offer="all of it")


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


class Halved(Sound):
    """Trains half a seed."""

    def decide(self, view: View) -> Decision:
        """One and a half."""
        return replace(super().decide(view), runs=1.5)


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
        object.__setattr__(view, "rivals", view.rivals + 1.0)
        return super().decide(view)


class Ghost(Sound):
    """Submits from outside."""

    def decide(self, view: View) -> Decision:
        """Without asking whether it is there."""
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
        return Decision(submit=view.active and view.gain > view.bar)


LAWS = sorted(name for name in dir(StrategyContract) if name.startswith("test_"))


def hold(strategy: type[Strategy], law: str) -> None:
    """Hold a strategy to one of the contract's tests."""
    contract: Any = type("Contract", (StrategyContract,), {"strategy": strategy})()
    getattr(contract, law)()


@pytest.mark.parametrize("law", LAWS)
def test_a_sound_strategy_of_a_stranger_breaks_no_law(law: str) -> None:
    """A strategy that stands in no folder of ours keeps the contract when its rule does."""
    hold(Sound, law)


@pytest.mark.parametrize(
    ("strategy", "law"),
    [
        (Undeclared, "test_parameters_are_declared"),
        (Soft, "test_frozen_and_pickles"),
        (Silent, "test_decisions_are_plain"),
        (Wide, "test_decisions_are_plain"),
        (Wavering, "test_decisions_are_plain"),
        (Wordy, "test_decisions_are_plain"),
        (Lost, "test_decisions_are_plain"),
        (Wild, "test_decisions_are_plain"),
        (Halved, "test_decisions_are_plain"),
        (Moody, "test_same_view_same_decision"),
        (Careless, "test_same_view_same_decision"),
        (Ghost, "test_who_is_out_submits_nothing"),
        (Leaver, "test_who_is_out_submits_nothing"),
        (Mirror, "test_without_a_king_there_is_nothing_to_copy"),
        (Restless, "test_the_same_model_is_not_committed_again"),
        (Restless, "test_the_honest_wait_for_an_evaluation"),
    ],
)
def test_a_broken_strategy_breaks_its_law(strategy: type[Strategy], law: str) -> None:
    """Every law can fail: a strategy made to break it does."""
    with pytest.raises(AssertionError):
        hold(strategy, law)


@pytest.mark.parametrize(("much", "broken"), [(0.0, False), (1e-15, True)])
def test_a_compiled_decision_must_be_the_same(much: float, broken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law about compiled strategies compares to the last bit: one more in the last place breaks it."""

    def compiled(strategy: Strategy) -> Any:
        return lambda view: replace(strategy.decide(view), runs=strategy.decide(view).runs + much)

    monkeypatch.setattr("sim.compiler.strategies.compiled_decide", compiled)
    with pytest.raises(AssertionError) if broken else nullcontext():
        hold(Sound, "test_compiled_decides_the_same")


def test_what_runs_interpreted_is_not_held_to_the_law_about_compiled_ones() -> None:
    """A strategy that cannot be compiled skips the law, and says why."""
    with pytest.raises(unittest.SkipTest, match=r"test_testing.py, line \d+: .* cannot be compiled"):
        hold(Leaver, "test_compiled_decides_the_same")
