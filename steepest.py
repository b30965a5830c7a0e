"""Which epsilon-decay policy makes a model-training contest's loss fall fastest?

    import steepest

    result = steepest.run("world", policies=["sn9-2025-03", "fixed", "half-life"], worlds=4, days=20, miners=32)
    result.plot.loss()

Importing this module imports nothing else: a name is looked up when it is first used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

_HOMES = {
    "experiments.api.functions": ("open", "policies", "replay", "run", "tune", "verify"),
    "experiments.api.result": ("Result",),
    "experiments.api.study": ("Study",),
    "policies": ("Decay", "InputError", "Parameter", "Policy", "blocks", "end_epsilon", "start_epsilon"),
}
"""Public names by the module that has them."""
__all__ = sorted(name for names in _HOMES.values() for name in names)  # noqa: PLE0605 - a list


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("steepest")
    for home, names in _HOMES.items():
        if name in names:
            return globals().setdefault(name, getattr(import_module(home), name))
    raise AttributeError(f"module 'steepest' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if __name__ == "__main__":
    from experiments.cli import main

    main()
