"""What miners own: kinds by their shares, sizes evenly over the logarithm, speed, price and skill."""

import numpy as np
import pytest
from scipy.stats import kstest

from policies import InputError
from sim.miners.hardware import PRICES, SECONDS_PER_DAY, Fleet, equip
from sim.traces.laws.throughput import per_gpu

MANY = 4000
SIZE = 3e9


def test_one_kind() -> None:
    """Four H100s: tokens, dollars and skill by hand."""
    own = equip(Fleet(least=4, most=4, skill=0.0), SIZE, 3, 1, [0, 1])
    assert (own.gpus == 4).all()
    np.testing.assert_allclose(own.tokens, 4 * per_gpu(SIZE, "h100") * SECONDS_PER_DAY, rtol=1e-15)
    np.testing.assert_allclose(own.usd, 4 * 24 * PRICES["h100"], rtol=1e-15)
    assert (own.skill == 1).all()
    assert own.gpus.shape == (3, 2)


def test_kinds_have_their_shares() -> None:
    """A fifth, three tenths and a half of many miners, within 4 standard errors; told apart by a price of their own."""
    shares, price = {"a100": 0.2, "h100": 0.3, "h200": 0.5}, {"a100": 1.0, "h100": 2.0, "h200": 3.0}
    own = equip(Fleet(shares, 1, 1, price), SIZE, MANY, 5, [0])
    for kind, share in shares.items():
        count = (own.usd == 24 * price[kind]).sum()
        assert abs(count - MANY * share) < 4 * np.sqrt(MANY * share * (1 - share))


def test_sizes_are_even_over_the_logarithm() -> None:
    """From 1 to 8 GPUs the logarithm before rounding is uniform: 1 to 1.5 becomes 1, and so on."""
    own = equip(Fleet(least=1, most=8), SIZE, MANY, 5, [0])
    edges = np.log(np.array([1, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8])) / np.log(8)
    for gpus, share in enumerate(np.diff(edges), 1):
        assert abs((own.gpus == gpus).sum() - MANY * share) < 4 * np.sqrt(MANY * share * (1 - share))


def test_large_ones_have_whole_machines() -> None:
    """From 8 on GPUs come in machines of 8, within the bounds."""
    own = equip(Fleet(least=8, most=64), SIZE, MANY, 5, [0])
    assert set(own.gpus[:, 0]) == {8.0, 16.0, 24.0, 32.0, 40.0, 48.0, 56.0, 64.0}


def test_skill_is_log_normal() -> None:
    """Its logarithm is normal with the given sigma."""
    own = equip(Fleet(skill=0.4), SIZE, MANY, 5, [0])
    assert kstest(np.log(own.skill[:, 0]) / 0.4, "norm").pvalue > 1e-3


def test_worlds_have_hardware_of_their_own() -> None:
    """A world's hardware does not depend on which worlds are drawn with it."""
    both, alone = equip(Fleet(), SIZE, 20, 5, [0, 7]), equip(Fleet(), SIZE, 20, 5, [7])
    for name in ("gpus", "tokens", "usd", "skill"):
        np.testing.assert_array_equal(getattr(both, name)[:, 1:], getattr(alone, name))
    assert (both.skill[:, 0] != both.skill[:, 1]).any()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kinds": {"h10": 1.0}}, "no GPU is called 'h10'; did you mean 'h100'?"),
        ({"price": {"b200": 1.0}}, "no GPU is called 'b200'; did you mean 'gb200'?"),
        ({"kinds": {"h100": 0.5}}, "the shares of GPU kinds sum to 0.5, but must sum to 1; they are h100 0.5"),
        ({"kinds": {"h100": 1.5, "a100": -0.5}}, "the share of a100 is -0.5, but must not be negative"),
        ({"least": 9, "most": 8}, "GPUs from 9 to 8, but must be 1 <= least <= most"),
        ({"least": 0}, "least is 0, but must be from 1 to 100000"),
    ],
)
def test_faults(given, said: str) -> None:
    """What is wrong is said with the numbers given."""
    with pytest.raises(InputError) as found:
        Fleet(**given)
    assert said in str(found.value)
