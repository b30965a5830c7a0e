"""Recipes of worlds, for tests that look at what is read from them."""

from pathlib import Path

from experiments.recipe.recipe import Spec, load

RECIPE = """\
name: little
scenario:
  kind: world
  days: 10
  miners: 8
  noise:
    samples: 100
  fleet:
    kinds: {h100: 0.5, a100: 0.5}
panel:
  - sn9-2025-03
  - {name: shield, policy: fixed}
worlds: 2
seed: 7
"""


def world(folder: Path, old: str = "", new: str = "", **overrides: object) -> Spec:
    """The recipe with `old` changed to `new`, written into a folder and read."""
    assert old in RECIPE
    path = folder / "little.yaml"
    path.write_text(RECIPE.replace(old, new, 1), encoding="utf-8")
    return load(path, **overrides)


def keys(*lines: str) -> tuple[str, str]:
    """The change that adds lines to the scenario."""
    return "  days: 10\n", "".join(f"  {line}\n" for line in ("days: 10", *lines))
