"""A discovery that takes seconds, for tests that read, run and interrupt it."""

from pathlib import Path

RECIPE = """\
name: small
scenario:
  kind: world
  days: 2
  miners: 4
  effort: {rule: reinvest, share: 0.8, most: 2}
  progress: {ideas: {per_day: 2, gain: 0.001}}
populations:
  crowd: {honest: 0.5, idle: 0.25, copycat: 0.25}
panel:
  - sn9-2025-03
  - fixed: {epsilon: 0.01}
worlds: 2
seed: 7
discover:
  points: 40
  over:
    gain: {key: scenario.progress.ideas.gain, low: 0.001, high: 0.1, scale: log}
    miners: {key: scenario.miners, low: 3, high: 6, scale: integer}
    copies: {key: populations.crowd.copycat, low: 0, high: 0.5}
"""


def recipe(folder: Path, old: str = "", new: str = "") -> Path:
    """The recipe with `old` changed to `new`, written into a folder."""
    assert old in RECIPE
    path = folder / "small.yaml"
    path.write_text(RECIPE.replace(old, new, 1), encoding="utf-8")
    return path


def result_folder(home: Path) -> Path:
    """The folder of the only discovery."""
    (folder,) = (home / "runs" / "small").iterdir()
    return folder


def points(home: Path) -> dict[str, int]:
    """When each point was written, in nanoseconds, by its file."""
    return {path.name: path.stat().st_mtime_ns for path in home.glob("runs/small/*/points/[!.]*.parquet")}
