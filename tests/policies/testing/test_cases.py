"""Parameters at which the laws are checked."""

import pytest

from policies import find, names
from policies.testing import vectors


@pytest.mark.parametrize("name", names())
def test_examples_reach_every_bound(name: str) -> None:
    """Examples begin with the default, reach both ends of everything, and end with 30 in the search."""
    policy = find(name)
    examples = vectors(policy)
    assert examples[0] == {key: p.default for key, p in policy.parameters().items()}
    for key, p in policy.parameters().items():
        assert {p.low, p.high, *p.search} <= {values[key] for values in examples}
        inside = {values[key] for values in examples[-30:]}
        assert len(inside) > (2 if p.scale == "integer" else 25)
        assert p.search[0] <= min(inside) < max(inside) <= p.search[1]
