"""Files that come with the program: recipes, races and traces, in a checkout and in an installed package alike."""

from pathlib import Path

RECIPES, RACES, TRACES = (Path(__file__).parent / name for name in ("recipes", "races", "traces"))
