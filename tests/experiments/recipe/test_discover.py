"""Numbers that are varied: where their keys lead, and how a population's shares follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.recipe.discover import AxisKeys, vary

DATA = {
    "name": "any",
    "scenario": {"days": 2, "menu": [{"name": "small"}, {"ideas": {"gain": 0.1}}]},
    "populations": {"crowd": {"honest": 0.5, "idle": 0.25, "copycat": 0.25}},
}


def axis(key: str) -> AxisKeys:
    """An axis with that key."""
    return AxisKeys(key=key, low=0, high=1)


def test_keys_lead_through_mappings_and_lists() -> None:
    """A number is replaced or added where its key leads, the rest stays, and the recipe itself is not changed."""
    out = vary(DATA, [axis("scenario.menu.1.ideas.gain"), axis("scenario.noise.samples")], [0.5, 20])

    assert out == {
        "scenario": {"days": 2, "menu": [{"name": "small"}, {"ideas": {"gain": 0.5}}], "noise": {"samples": 20}},
        "populations": DATA["populations"],
    }
    assert DATA["scenario"]["menu"][1]["ideas"]["gain"] == 0.1


@given(one=st.floats(0, 0.5), other=st.floats(0, 0.5))
def test_shares_sum_to_one(one: float, other: float) -> None:
    """What is varied has its share, and the others keep their proportions."""
    crowd = vary(DATA, [axis("populations.crowd.copycat")], [one])["populations"]["crowd"]
    assert crowd["copycat"] == one
    assert sum(crowd.values()) == pytest.approx(1.0)
    assert crowd["honest"] == pytest.approx(2 * crowd["idle"])

    both = [axis("populations.crowd.copycat"), axis("populations.crowd.idle")]
    assert vary(DATA, both, [one, other])["populations"]["crowd"]["honest"] == pytest.approx(1.0 - one - other)
