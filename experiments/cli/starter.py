"""`steepest init`: a folder with a recipe and a race to start from."""

from pathlib import Path

from experiments.files import write
from policies import InputError

RACE = """\
# source: made up, to show the columns; put your own submissions here
time,miner,loss
2026-01-01,ann,3.400
2026-01-03,bob,3.381
2026-01-04,cho,3.379
2026-01-08,ann,3.352
2026-01-15,dan,3.349
2026-01-16,bob,3.330
2026-01-28,cho,3.327
"""

RECIPE = """\
name: {name}
question: Which of these policies follows the descent of my race?

scenario:
  kind: race
  races: [race.csv]          # beside this file; or a shipped race such as slowrun-limited

panel:
  - sn9-2025-03              # what the subnet ran last; all presets: steepest eras
  - fixed: {{epsilon: 0.005}}
  - linear: {{start: 0.005, end: 0.001, decay_blocks: 50400}}
  - grid: {{half-life: {{half_life_blocks: [3600, 14400, 57600]}}}}

worlds: 16
"""


def make(folder: Path) -> str:
    """Write `recipe.yaml` and `race.csv` into a new or empty folder; returns what to do next.

    Raises:
        InputError: the folder holds something, or is a file.
    """
    try:
        whole = folder.resolve(strict=False)
        taken = whole.exists() and (not whole.is_dir() or any(whole.iterdir()))
    except (OSError, RuntimeError) as error:  # until Python 3.12 a loop of links is a RuntimeError
        raise InputError(f"{folder} leads nowhere: {getattr(error, 'strerror', None) or error}") from None
    if taken:
        raise InputError(f"{folder} is not empty; give a new folder, so that nothing is overwritten")
    name = "".join(c if c.isalnum() or c in "._-" else "-" for c in whole.name).strip("-._") or "experiment"
    write(folder / "race.csv", RACE)
    write(folder / "recipe.yaml", RECIPE.format(name=name[:64]))
    return f"made {folder}/recipe.yaml and {folder}/race.csv\nrun it:  steepest run {folder}/recipe.yaml"
