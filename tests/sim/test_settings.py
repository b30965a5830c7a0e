"""Settings: bounds, meanings and shares."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from policies import InputError
from sim.settings import About, Settings, abouts, fields_of, require_shares


@dataclass(frozen=True)
class Tank(Settings):
    """Settings of a test."""

    liters: Annotated[float, About("how much is in it", 0, 100, "l")] = 10.0
    spare: Annotated[float | None, About("how much is kept", 0, 5)] = None
    name: str = "a tank"


@dataclass(frozen=True)
class Labelled(Tank):
    """The same with a field more."""

    label: Annotated[int, About("its number", 1, 9)] = 1


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_bounds_are_allowed(value: float) -> None:
    """Both bounds are included, and what may be left out has none."""
    assert Tank(liters=value).liters == value
    assert Tank(spare=None).spare is None


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("liters", -0.1, "liters is -0.1, but must be from 0 to 100"),
        ("liters", float("nan"), "liters is nan"),
        ("spare", 6.0, "spare is 6, but must be from 0 to 5"),
        ("label", 10, "label is 10"),
    ],
)
def test_numbers_out_of_bounds_are_refused(key: str, value: float, said: str) -> None:
    """The message has the name, the value and the rule; the name is the path; inherited fields are checked too."""
    with pytest.raises(InputError, match=said) as found:
        Labelled(**{key: value})
    assert found.value.path == (key,)


def test_meanings_are_inherited() -> None:
    """A class of settings says what its fields mean, those of its parents first; a plain field says nothing."""
    assert list(abouts(Labelled)) == ["liters", "spare", "label"]
    assert abouts(Labelled)["liters"] == About("how much is in it", 0, 100, "l")


def test_fields_of_a_class_are_taken_from_another_value() -> None:
    """What a parent declares can be read from a child."""
    assert fields_of(Tank, Labelled(liters=3.0, label=4)) == {"liters": 3.0, "spare": None, "name": "a tank"}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([("a", 0.5), ("b", 0.4)], "the shares sum to 0.9, but must sum to 1; they are a 0.5, b 0.4"),
        ([], "sum to 0, but must sum to 1; they are none"),
        ([("a", 1.5), ("b", -0.5)], "the share of b is -0.5"),
    ],
)
def test_shares_sum_to_1(shares: list[tuple[str, float]], said: str) -> None:
    """Shares are not negative and sum to 1 within 1e-9; the path leads to them."""
    require_shares("shares", [("a", 1 / 3), ("b", 2 / 3)])
    with pytest.raises(InputError, match=said) as found:
        require_shares("shares", shares, "mix", 0)
    assert found.value.path == ("mix", 0)
