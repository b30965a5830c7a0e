"""Strategies in figures: their order and their colours."""

import pytest
from world_results import MIXED
from world_results import store as world_store

from experiments.report.results import read
from experiments.report.strategies import kinds


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_honest_strategies_are_cool_and_come_first(mixed):
    """Their order and colours are the same in all figures; a cross marks the others."""
    assert [(kind.name, kind.honest) for kind in kinds(mixed.populations)] == [
        ("honest", True),
        ("copycat", False),
        ("sniper", False),
    ]
    assert [kind.label for kind in kinds(mixed.populations)] == ["honest", "copycat ✗", "sniper ✗"]
    assert len({kind.colour for kind in kinds(mixed.populations)}) == 3
