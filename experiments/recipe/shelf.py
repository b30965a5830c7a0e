"""All policies that there are, and what is said of each."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from policies import InputError, Policy, build, find, names
from policies.errors import printable
from policies.registry import SHELF


def entries(name: str | None = None) -> list[dict[str, Any]]:
    """The document of `steepest policies --json`: one object per policy (only one with a name)."""
    out = []
    for kind in [find(name)] if name else policy_classes():
        policy, parameters = kind(), [{"name": p.key, **asdict(p)} for p in kind.parameters().values()]
        for each in parameters:
            del each["key"]
        out.append(
            {
                "name": kind.name(),
                "class": policy.state,
                "formula": kind.formula,
                "source": kind.source,
                "fails": kind.fails,
                "stores": policy.stores,
                "needs": list(policy.needs),
                "remembers": [name for name, _ in kind.remembers],
                "parameters": parameters,
            }
        )
    return out


def policy_classes() -> Iterator[type[Policy]]:
    """The classes of all policies; of what breaks a law or cannot be loaded, a line on standard error."""
    for name in dict.fromkeys((*names(), *SHELF.installed())):
        try:
            yield type(build(name))
        except InputError as error:
            print(f"steepest: {name} is left out: {printable(str(error))}", file=sys.stderr)
    for name in set(SHELF.installed()) & set(names()):
        print(f"steepest: {name} of an installed package is left out: there is a shipped one", file=sys.stderr)
