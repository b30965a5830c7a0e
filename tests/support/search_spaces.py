"""Search spaces from YAML's data, and how they are refused."""

from typing import Any

import pytest

from experiments.recipe.panel import rules_of
from experiments.search.recipe import SearchKeys
from experiments.search.space import Space, build_space
from policies import InputError

RULES = rules_of("sn9-2025-03")


def space(*policies: Any, **keys: Any) -> Space:
    """The space of these families."""
    return build_space(SearchKeys(policies=list(policies), **keys), RULES)


def refused(message: str, path: tuple[str | int, ...], *policies: Any, **keys: Any) -> None:
    """These families are refused for something like this, with this key path."""
    with pytest.raises(InputError, match=message) as caught:
        space(*policies, **keys)
    assert caught.value.path == path
