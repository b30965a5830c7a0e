"""Recipes of small crowds that play, for tests of what becomes of them."""

from pathlib import Path

from experiments.recipe.recipe import Spec, load

RECIPE = """\
name: crowd
scenario:
  kind: world
  days: 3
  miners: 10
  economy: {usd_per_day: 2000, registration_usd: 10}
populations:
  settled: {play: {among: [honest, copycat, idle], rounds: 3, worlds: 2, starts: [even, idle]}}
panel:
  - sn9-2025-03
  - {name: shield, policy: fixed}
worlds: 2
seed: 7
"""


def crowd(folder: Path, old: str = "", new: str = "", **overrides: object) -> Spec:
    """The recipe with `old` changed to `new`, written into a folder and read."""
    assert old in RECIPE
    path = folder / "crowd.yaml"
    path.write_text(RECIPE.replace(old, new, 1), encoding="utf-8")
    return load(path, **overrides)
