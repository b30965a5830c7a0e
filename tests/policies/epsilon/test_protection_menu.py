"""The miner chooses its protection, and pays for it."""

import pytest
from policy_contracts import GraceContract

from policies import PolicyError, Seen, build
from policies.epsilon.protection_menu import ProtectionMenu
from policies.testing import PolicyContract

AGES = (0.0, 1.0, 7200.0, 14_400.0, 20_000.0, 36_000.0, 72_000.0, 1e9, float("inf"))
LINES = ((0.005, 14_400.0), (0.01, 36_000.0), (0.02, 72_000.0))
"""The default options: start, and blocks until full decay."""


class TestProtectionMenu(PolicyContract):
    """The contract."""

    policy = ProtectionMenu


class TestProtectionMenuAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = ProtectionMenu


@pytest.mark.parametrize("options", [1, 2, 3])
def test_every_option_is_a_line(options: int) -> None:
    """Each option is `linear` to the last bit; whoever names one behind the last has the last."""
    menu = build({"protection-menu": {"options": options}})
    for option in range(3):
        start, decay_blocks = LINES[min(option, options - 1)]
        line = build({"linear": {"start": start, "decay_blocks": decay_blocks}})
        for age in AGES:
            assert menu.advantage(age, Seen(age, option=float(option))) == line.advantage(age)


def test_fees_are_those_of_the_options() -> None:
    """One for each option on offer, also with another policy around; a policy without a menu has none."""
    menu = {"protection-menu": {"options": 2, "fee2": 0.3}}
    assert build(menu).fees == build({"grace": {"then": menu}}).fees == (0.0, 0.3)
    assert build({"protection-menu": {"options": 3}}).fees == (0.0, 0.2, 0.4)
    assert build("linear").fees == ()


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("fee1", 1.0, "between 0 and 0.99"),
        ("fee2", -0.1, "between 0 and 0.99"),
        ("start2", 1.0, "between 0 and 0.99"),
        ("start1", 0.015, "start1 <= start2 must hold"),
        ("options", 0, "between 1 and 3"),
        ("options", 4, "between 1 and 3"),
        ("start3", {"half-life": {}}, "must be a number"),
        ("start4", 0.01, "has no parameter"),
    ],
)
def test_wrong_menus_are_refused(key: str, value: object, rule: str) -> None:
    """No pay at all, no way past a king, no option, too many, or one of another kind: with place, value and rule."""
    with pytest.raises(PolicyError, match=rule) as refusal:
        build({"protection-menu": {key: value}})
    assert refusal.value.path == ("protection-menu", key)
    assert str(value) in str(refusal.value) or key == "start4"
