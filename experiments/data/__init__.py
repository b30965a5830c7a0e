"""Files that come with the program: recipes, races, traces and presets, in a checkout and in an installed package."""

from pathlib import Path

RECIPES, RACES, TRACES = (Path(__file__).parent / name for name in ("recipes", "races", "traces"))
PRESETS = Path(__file__).parent / "presets.yaml"
"""Rules of other subnets by name."""
