"""Golden timelines: small worlds as text, so that a change of the mechanism is a diff that a person can read.

`STEEPEST_GOLDEN=write ./test tests/sim/race/test_timelines.py` writes them anew; read the diff before you commit it.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from policies import build
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.race.race import NoiseLevel, Race, Setting
from sim.race.world import timeline

GOLDEN = Path(__file__).parents[2] / "golden"
QUIET = NoiseLevel(0.0, 0.0)
LINEAR = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}
FIXED = {"fixed": {"epsilon": 0.005}}

MINERS = ("ann", "bob", "cho", "dan", "eve")
DAYS = (0.0, 0.5, 1.0, 1.25, 2.0, 2.75, 4.0, 4.2, 5.0, 6.0)
LOSSES = (3.400, 3.390, 3.395, 3.370, 3.370, 3.366, 3.360, 3.3585, 3.350, 3.349)
OWNERS = (0, 1, 2, 3, 0, 1, 4, 2, 3, 4)


def race(days: tuple[float, ...] = DAYS, losses: tuple[float, ...] = LOSSES, owners: tuple[int, ...] = OWNERS) -> Race:
    """Five miners, ten submissions: steps above and below epsilon, a worse one, and an exact copy (#4 of #3)."""
    block = np.array([round(day * 7200) for day in days])
    miners = tuple(MINERS[i] for i in owners)
    n = len(days)
    return Race("five miners", "nats", block, miners, np.array(losses), np.full(n, np.nan), ((),) * n)


CASES = {
    "fixed": (race(), Lane("fixed 0.005", build(FIXED)), Setting(QUIET, tail_days=1.0)),
    "linear": (race(), Lane("linear 0.005 to 0.0005 in 7 days", build(LINEAR)), Setting(QUIET, tail_days=4.0)),
    "king": (
        race(),
        Lane("linear, challengers meet the king alone", build(LINEAR), Rules(semantics="king")),
        Setting(QUIET, tail_days=2.0),
    ),
    "one-hotkey": (
        race(DAYS[:6], LOSSES[:6], (0, 1, 1, 0, 2, 0)),
        Lane("fixed 0.005, a new model replaces the miner's old one", build(FIXED)),
        Setting(QUIET, tail_days=1.0, hotkeys="miner"),
    ),
    "thirds": (
        race((0.0, 0.02, 0.04), (1.0, 0.997, 0.9945), (0, 1, 2)),
        Lane("linear 0.005 to 0.0001 in 2 days: a cycle of three", build("linear")),
        Setting(QUIET, tail_days=2.5),
    ),
    "shield": (  # no decay and no noise: the bar of a king is the log loss by which it won, as long as it reigns
        race(),
        Lane("descent-shield, a bar as large as the king's gain", build({"descent-shield": {"half_life_blocks": 0}})),
        Setting(QUIET, tail_days=2.0),
    ),
    "reigns": (  # a reign twice as long as is aimed at halves the bar; 1/16 of it is the least
        race(DAYS[:8], (3.4, 3.38, 3.36, 3.34, 3.32, 3.3, 3.28, 3.26), OWNERS[:8]),
        Lane(
            "reign-controller, fixed 0.002 times (a quarter of a day / reign)",
            build({"reign-controller": {"target_blocks": 1800, "strength": 1, "then": {"fixed": {"epsilon": 0.002}}}}),
            Rules(alpha=0.0),
        ),
        Setting(QUIET, tail_days=2.0),
    ),
    "lineage": (  # the same step of 0.6 %: of bob's own work it clears a bar of 0.5 %, built on ann's it needs 1 %
        replace(race((0.0, 0.5, 1.0), (3.4, 3.3796, 3.3592), (0, 1, 2)), builds_on=((), (0,), ())),
        Lane("lineage, twice the bar for what was built on the king", build({"lineage": {"then": FIXED}})),
        Setting(QUIET, tail_days=0.5),
    ),
    "same-block": (
        race((0.0, 0.0, 1.0), (3.40, 3.40, 3.30), (0, 1, 2)),
        Lane("two copies in one block remove each other", build("linear")),
        Setting(QUIET, tail_days=0.2),
    ),
    "sn37": (
        race(DAYS[:4], (3.4, 3.3, 3.2, 3.1), OWNERS[:4]),
        Lane(
            "SN37: no filter, all to the highest win rate, averages below 0.18 unpaid",
            build({"linear": {"start": 0.05, "end": 0.01, "decay_blocks": 36_000}}),
            Rules(filtered=False, winner_takes_all=True, alone=0.0, keep=3, alpha=0.85, threshold=0.18, delay=0),
        ),
        Setting(QUIET, tail_days=1.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_timeline_is_the_golden_one(name: str) -> None:
    """A small world plays out line by line as its golden timeline says."""
    path = GOLDEN / f"{name}.txt"
    told = timeline(*CASES[name])
    if os.environ.get("STEEPEST_GOLDEN") == "write":
        path.write_text(told, encoding="utf-8")

    assert told == path.read_text(encoding="utf-8")
