"""What luck alone does to shares."""

from itertools import permutations

import pytest

from experiments.verification.theory import concentration


def cycles(order):
    """Cycle lengths of a permutation of 0 ... n - 1."""
    left, lengths = set(range(len(order))), []
    while left:
        at, length = left.pop(), 1
        while (at := order[at]) in left:
            left.remove(at)
            length += 1
        lengths.append(length)
    return lengths


def reigns(losses):
    """Submissions on the throne of each king, without a margin."""
    kings = [i for i, loss in enumerate(losses) if all(loss < before for before in losses[:i])]
    return [end - start for start, end in zip(kings, [*kings[1:], len(losses)], strict=True)]


def test_luck_as_published():
    """Published values, n = 300: mean HHI .50167 and longest reign .62537."""
    assert round(concentration.hhi(300), 5) == 0.50167
    assert round(concentration.longest_share(300), 5) == 0.62537
    assert round(concentration.longest_share_nearly(300), 5) == 0.62537


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_every_order(n):
    """Over all n! orders, reigns have the law of cycles, with this mean HHI and this mean longest one."""
    orders = list(permutations(range(n)))
    assert sorted(sorted(reigns(o)) for o in orders) == sorted(sorted(cycles(o)) for o in orders)
    hhi = sum(sum((r / n) ** 2 for r in reigns(o)) for o in orders) / len(orders)
    assert concentration.hhi(n) == pytest.approx(hhi)
    longest = sum(max(reigns(o)) for o in orders) / len(orders) / n
    assert concentration.longest_share(n) == pytest.approx(longest)


def test_golomb_dickman():
    """The constant is 0.6243299885 (OEIS A084945)."""
    assert concentration.golomb_dickman() == pytest.approx(0.62432998854355, abs=1e-11)
