"""Files that come with the program: recipes, races, traces, presets, and what `steepest init` copies."""

from pathlib import Path

RECIPES, RACES, TRACES, STARTER = (Path(__file__).parent / name for name in ("recipes", "races", "traces", "starter"))
PRESETS = Path(__file__).parent / "presets.yaml"
"""Rules of other subnets by name."""
