"""What a miner sees."""

from dataclasses import fields

import numpy as np

from sim.miners.strategy import VIEW, View


def test_compiled_views_have_the_facts_of_a_view() -> None:
    """The record has every field but `later`, in their order: numbers as float64, flags as booleans."""
    facts = [field for field in fields(View) if field.name != "later"]
    assert list(VIEW.names or ()) == [field.name for field in facts]
    assert {key for key in VIEW.names or () if VIEW[key] == np.bool_} == {"king", "live", "active"}
    assert {field.type for field in facts if VIEW[field.name] == np.float64} == {float}
