"""A validator before its first step."""

import numpy as np
from steady_world import lane

from sim.lanes import Columns
from sim.models import no_miners, no_models
from sim.validators.validator import Validator, new_history, new_validator, start_with

MINERS = 4


def made(*policies: object) -> Validator:
    """A validator of a lane for each policy."""
    columns, models = Columns([lane(policy) for policy in policies], 1), no_models(MINERS, len(policies))
    history = new_history(MINERS, len(policies), 0.0, 0.0)
    return new_validator(columns, no_miners((len(policies), MINERS)), models, history, np.ones(MINERS))


def test_nothing_is_known_at_first() -> None:
    """There is no king, no crown, no measured loss, no weight, and nothing to store."""
    found = made("linear", "fixed")
    assert found.king.tolist() == [-1, -1]
    assert np.isinf(found.history.crowns["crowned"]).all()
    assert np.isnan(found.history.measured).all()
    assert not found.weights.any()
    assert found.stored(True).tolist() == [0, 0]
    assert [len(found.pool(column)) for column in (0, 1)] == [0, 0]


def test_pairs_have_a_place_where_a_policy_looks_at_them() -> None:
    """A policy whose advantage depends on the challenger needs one number per pair of models; others need none."""
    assert made("linear").against.shape == made("linear").floors.shape == (0, 0)
    assert made("linear", "lineage").against.shape == (MINERS, MINERS)


def test_it_may_begin_with_a_king() -> None:
    """All weight and all pay are the king's, and its loss counts as measured."""
    found = made("linear", "fixed")
    found.models.facts["loss"][[0, 1], [2, 0]] = 2.5, 2.4
    start_with(found, np.array([2, 0]))
    assert found.king.tolist() == [2, 0]
    assert found.weights.tolist() == found.average.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert found.miners["share"].tolist() == found.weights.tolist()
    assert found.history.measured[[0, 1], [2, 0]].tolist() == [2.5, 2.4]
    assert found.stored(False).tolist() == [1, 1]
