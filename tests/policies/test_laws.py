"""What a policy must pass when it is loaded."""

import inspect
from math import inf
from pathlib import Path

import pytest
from generators import policies
from hypothesis import given

from policies import Memory, News, Policy, PolicyError, Seen, check_laws
from policies.epsilon.linear import Linear
from policies.registry import Registry


@given(policy=policies())
def test_every_policy_of_the_shelf_passes(policy: Policy) -> None:
    """Whatever its parameters, a policy of the shelf keeps the laws."""
    check_laws(policy)


class Large(Linear):
    """Above 1 when it is young."""

    def curve(self, age: float) -> float:
        """Ten times and more."""
        return 1.0 if age < 1.0 else 0.5


class Negative(Linear):
    """Below 0 when it is old."""

    def curve(self, age: float) -> float:
        """Straight on."""
        return self.start - 1e-9 * min(age, 1e9)


class Rising(Linear):
    """Safer after a day."""

    def curve(self, age: float) -> float:
        """A step up."""
        return self.end if age < 7_200.0 else self.start


class Reborn(Linear):
    """Young again for ever."""

    def curve(self, age: float) -> float:
        """Up at the very end, by less than counts as a rise."""
        return 0.005 if age < inf else 0.005000000000000001


class Unlucky(Linear):
    """Fails where nobody looks at first."""

    def curve(self, age: float) -> float:
        """A fault in one place."""
        return 0.005 if age != 1_800.0 else 1.0 / (age - 1_800.0)


class Proud(Linear):
    """Wrong for kings alone, and after crowns alone."""

    state, stores = "V", "crowns"
    remembers = (("crowns", 0.0),)

    def shield(self, age: float, seen: Seen) -> float:
        """Above 1 where there were crowns and a gain."""
        return 1.0 if self.memory.crowns > 1.0 and seen.gain > 0.01 else 0.0

    def learn(self, memory: Memory, news: News) -> None:
        """Crowns are counted."""
        if news.crowned:
            memory.crowns = memory.crowns + 1.0


@pytest.mark.parametrize(
    ("policy", "method", "said"),
    [
        (Large(), "curve", ("is 1.0 at age 0,", "at least 0 and less than 1")),
        (Negative(), "curve", ("at age 5.01187e+06", "at least 0 and less than 1")),
        (Rising(), "curve", ("rises from 0.0001 at age 6309.57 to 0.005 at age 7943.28", "never rise with age")),
        (Reborn(), "curve", ("is 0.005000000000000001 at age inf", "age inf must give the least")),
        (Proud(), "shield", ("is 1.0 at age 0,", "less than 1")),
    ],
)
def test_whoever_breaks_a_law_is_refused(policy: Policy, method: str, said: tuple[str, ...]) -> None:
    """The refusal names the class, the law, the age, and the line of the file where the formula begins."""
    with pytest.raises(PolicyError) as caught:
        check_laws(policy)
    begins = inspect.getsourcelines(getattr(type(policy), method))[1]
    for part in (policy.name(), *said, f"class {type(policy).__name__}", f"{__file__}, line {begins}"):
        assert part in str(caught.value)


def test_a_formula_that_fails_is_refused() -> None:
    """An error in the formula is found when the policy is loaded, with its line."""
    with pytest.raises(PolicyError, match=r"ZeroDivisionError.*at age 1800.0.*1.0 / \(age - 1_800.0\)") as caught:
        check_laws(Unlucky())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


LOADED = '''
from policies.epsilon.linear import Linear


class Loaded(Linear):
    """Found in a file."""

    def curve(self, age: float) -> float:
        """{about}"""
        return {formula}
'''


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("min(age, 100.0) / 1e6", "rises from 0.0 at age 0 to 1e-06 at age 1"),
        ("self.start / age", "ZeroDivisionError"),
    ],
)
def test_building_refuses_what_breaks_a_law(
    formula: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on a shelf whose formula breaks a law cannot be built, alone or inside another; the path leads to it."""
    folder = tmp_path / f"shelf_{abs(hash(formula))}"
    folder.mkdir()
    (folder / "loaded.py").write_text(LOADED.format(about="A formula.", formula=formula))
    monkeypatch.syspath_prepend(str(tmp_path))
    shelf = Registry(Policy, "policy", folder.name, folder, (), "{loaded: {start: 0.005}}", check_laws)
    with pytest.raises(PolicyError, match=said) as caught:
        shelf.build({"loaded": {"start": 0.004}})
    assert caught.value.path == ("loaded",)
    assert "loaded.py, line 8" in str(caught.value) or "loaded.py, line 10: return self.start / age" in str(
        caught.value
    )
