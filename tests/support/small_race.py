"""Races of a few submissions, and recipes around them, for tests that count by hand."""

from pathlib import Path

import numpy as np

from policies import build
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.race.race import NoiseLevel, Race, Setting
from sim.race.world import RaceWorld

QUIET = NoiseLevel(paired=0.0, common=0.0)
"""Every evaluation measures the true loss."""

RECIPE = """\
name: small
scenario:
  kind: race
  races: [small.csv]
  tail_days: 1
panel:
  - sn9-2025-03
  - {name: shield, policy: fixed}
worlds: 2
seed: 7
"""

ROWS = """\
# unit: nats
date,miner,loss
2026-01-01,ann,3.00
2026-01-02,bob,2.95
2026-01-03,ann,2.945
2026-01-03,cid,2.93
"""


def small_race(
    *rows: tuple[int, str, float],
    name: str = "small",
    sd: float | list[float] = np.nan,
    builds_on: tuple[tuple[int, ...], ...] = (),
) -> Race:
    """A race of `(block, miner, loss)` rows in nats."""
    blocks, miners, losses = zip(*rows, strict=True)
    return Race(
        name,
        "nats",
        np.array(blocks),
        miners,
        np.array(losses, dtype=np.float64),
        np.array(np.broadcast_to(sd, len(rows)), dtype=np.float64),
        builds_on or ((),) * len(rows),
    )


def lane(policy: object, name: str = "", **rules: object) -> Lane:
    """A lane from a policy's spec."""
    return Lane(name or str(policy), build(policy), Rules(**rules))


def finished(
    race: Race,
    *lanes: Lane,
    worlds: tuple[int, ...] = (0,),
    noise: NoiseLevel = QUIET,
    tail: float = 2.0,
    seed: int = 1,
    one_model_per_miner: bool = False,
) -> RaceWorld:
    """The world after its last step."""
    setting = Setting(noise, 150, tail, "miner" if one_model_per_miner else "submission")
    world = RaceWorld(race, lanes, setting, seed, worlds)
    world.run()
    return world


def crowns(world: RaceWorld, column: int = 0) -> list[tuple[int, int]]:
    """`(block, submission)` of every crown in a column."""
    found = world.record.crowns()
    mine = found.column == column
    return list(zip(found.block[mine].tolist(), found.twin[mine].tolist(), strict=True))


def recipe(folder: Path, *, text: str = RECIPE, rows: str = ROWS) -> Path:
    """A recipe and its race, written into a folder."""
    (folder / "small.csv").write_text(rows, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path
