"""Golden timelines of tiny worlds, and the numbers in them by hand.

`STEEPEST_GOLDEN=write ./test tests/sim/timeline/test_story.py` writes them anew; read the diff before you commit it.
"""

import os
import re
from functools import cache
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from steady_world import QUIET, SEED, START, ended, kings, lane, steady

from sim.data.data import Data, Moving
from sim.data.judging import judging
from sim.lanes import Lane
from sim.miners.hardware import Fleet
from sim.miners.responses import Choosing
from sim.scenario import Scenario, Validation
from sim.timeline.story import narrate
from sim.validators.noise import NoiseLevel
from sim.world import World

GOLDEN = Path(__file__).parents[2] / "golden"
FIXED = {"fixed": {"epsilon": 0.005}}
LOW, MIDDLE = {"fixed": {"epsilon": 0.0002}}, {"fixed": {"epsilon": 0.0005}}
FINE = "quick-fine-tuner"
SLOW = Validation(load_seconds=60.0, model_seconds=3000.0, queue=2)
"""A model alone takes 255 blocks, two take 505."""
SHORT = Validation(load_seconds=60.0, model_seconds=3000.0, limit_blocks=500)
SWITCH = Data(
    judging([(0, "refinedweb"), (10_800, "edu-stack")]), Moving(never=0.0, reaction_days=0.3, move_days=0.25), 2e9
)
OWN = NoiseLevel(sample_sd=0.0, page_sd=0.0, kin_sd=0.0125, stranger_sd=0.0125)

CASES: dict[str, tuple[Scenario, Lane]] = {
    "honest": (steady(0.002, 0.0025, 0.001), lane("linear", FINE, keep=2)),
    "copycat": (steady(0.0, 0.0005, 0.0, days=1.0, noise=OWN), lane(LOW, "copycat", name="fixed 0.0002")),
    "withholder": (steady(0.006, 0.002, 0.001), lane("linear", "withholder")),
    "thirds": (steady(0.003, 0.004, 0.0, days=1.8), lane("linear", "blocker")),
    "blocked": (steady(0.003, 0.004, 0.0, days=2.0), lane(FIXED, "blocker", name="fixed 0.005")),
    "self-dethroner": (steady(0.004, 0.001, 0.0), lane("linear", "self-dethroner")),
    "king": (steady(0.002, 0.003, 0.001, days=2.5), lane("linear", FINE, semantics="king")),
    "running-best": (steady(0.002, 0.003, 0.001, days=2.5), lane("linear", FINE, semantics="running-best")),
    "busy": (steady(0.004, 0.003, 0.002, 0.001, 0.0, days=1.0, validation=SLOW), lane("linear", *[FINE] * 4, keep=1)),
    "late": (
        steady(0.004, 0.003, 0.0, days=2.5, validation=SHORT, fleet=Fleet(least=1, most=1, skill=0.0)),
        lane("linear", {"entrant": {"drawdown_days": 0.5}}),
    ),
    "sealed": (
        steady(0.0, 0.0008, 0.0003, days=1.8),
        lane(MIDDLE, "copycat", name="fixed 0.0005, sealed for 3000 blocks", sealed_days=3000 / 7200),
    ),
    "menu": (steady(0.002, 0.0025, 0.001, days=6.0, choosing=Choosing(explore=1.0)), lane("protection-menu", FINE)),
    "data": (steady(0.004, 0.002, 0.0, days=3.0, data=SWITCH), lane("linear")),
}


def timeline(scenario: Scenario, its: Lane, seed: int = SEED, world: int = 0) -> str:
    """All lines that are told of a lane."""
    lines: list[str] = []
    narrate(scenario, its, seed, world, lines.append)
    return "\n".join(lines) + "\n"


@cache
def told(name: str) -> str:
    """The timeline of a case."""
    return timeline(*CASES[name])


@cache
def world(name: str) -> World:
    """The world of a case after its end."""
    scenario, its = CASES[name]
    return ended(scenario, its)


def linear(age: float) -> float:
    """Epsilon from 0.005 to 0.0001 in two days."""
    return max(0.005 - 0.0049 * age / 14_400, 0.0001)


def bar(age: float) -> float:
    """The gain that a challenger needs."""
    return -log(1 - linear(age))


def first_step(gain: float, committed: int) -> int:
    """The first step at which a model beats an older one by that gain."""
    return next(block for block in range(0, 99_999, 150) if bar(block - committed) < gain)


@pytest.mark.parametrize("name", CASES)
def test_a_world_is_the_golden_one(name: str) -> None:
    """A tiny world plays out line by line as its golden timeline says."""
    path = GOLDEN / f"world-{name}.txt"
    if os.environ.get("STEEPEST_GOLDEN") == "write":
        path.write_text(told(name), encoding="utf-8")
    assert told(name) == path.read_text(encoding="utf-8")


def test_honest_with_retries() -> None:
    """m0's 0.2 % beats m2 once the bar is below it; of three in a cycle the last is dropped and tried every 300 blocks.

    m1 submits at its first look (600 + 1800 k) at which 0.0025 a day is above the bar.
    """
    looks = range(600, 20_000, 1800)
    assert next(block for block in looks if 0.0025 * block / 7200 > bar(block)) == 7800
    assert first_step(0.002, 0) == 8850
    assert first_step(0.002, 15_000) == 23_850  # and the average makes it king a step later
    assert kings(world("honest")) == [(0, 2), (8850, 0), (15_450, 1), (24_000, 0)]
    again = re.findall(r"(\d+)  day.*m1 \S+ eps \S+ wins \d weight \S+ again", told("honest"))
    assert [int(block) for block in again] == [8400, 8700, 9000]


def test_copies_win_by_luck() -> None:
    """A copy of best size sqrt(2 epsilon / h) costs h s^2 / 2 = epsilon, so every crown of m0 is a lucky one."""
    crowns = world("copycat").record.crowns()
    lucky = crowns.miner == 0
    assert lucky.any()
    assert (crowns.gain[lucky] < 0).all()
    on_the_public_model = crowns.loss[lucky & (crowns.block < 7000)]
    np.testing.assert_allclose(on_the_public_model, START * exp(0.1 * (2 * 0.0002 / 0.1) / 2), rtol=1e-12)
    assert told("copycat").count("a lucky crown") == (crowns.gain[1:] <= 0).sum()
    assert "submits a copy of m2's model with loss 2.5005, gain -0.020%" in told("copycat")


def test_a_sealed_model_is_copied_late() -> None:
    """m1's model of block 6000 is public at 9000, when m0 happens to look; what the contest began with always was."""
    copies = re.findall(r"(\d+)  day.* m0 \(copycat\) submits a copy of (m\d)'s model", told("sealed"))
    assert [int(block) for block, of in copies if of == "m2"] == [0, 1800, 3600, 5400]
    assert [int(block) for block, of in copies if of == "m1"] == [9000, 10_800, 12_600]
    assert "9000  day   1.25  the model of m1, the king, is public" in told("sealed")


def test_slices() -> None:
    """The withholder's first slice is the bar of its block; m1 builds on it, and passes the bar at its fifth look."""
    assert 0.006 * 0.5 < bar(3600)  # noqa: SIM300 - a gain, and the bar of the same block
    assert 0.006 * 0.75 > bar(5400)  # noqa: SIM300
    assert f"m0 (withholder) submits an own model with loss {START * (1 - linear(5400)):.4f}" in told("withholder")
    assert 0.0005 * 4 < bar(7800)  # noqa: SIM300 - at 13,200, of m0's model of 5400, taken over at 6000
    assert 0.0005 * 5 > bar(9600)  # noqa: SIM300
    assert kings(world("withholder")) == [(0, 2), (5850, 0), (15_450, 1), (16_500, 0), (26_250, 1), (27_300, 0)]


def test_thirds_and_block() -> None:
    """A near miss makes a cycle of three under a falling bar, and under a fixed one has the challenger filtered out."""
    near, gain = 0.6 * bar(5400), 0.004 * 6000 / 7200
    assert near < bar(6300) < gain < near + bar(900)
    assert re.search(
        r"6300.*m0 .* wins 1 weight 0.17 \| m1 .* wins 1 weight 0.17 \| \*m2 .* wins 1 weight 0.67", told("thirds")
    )
    near, gain = -0.6 * log(0.995), 0.004 * 9600 / 7200
    assert near < -log(0.995) < gain < near - log(0.995)
    assert re.search(r"9900.*-m0 .*\| -m1 .*\| \*m2 .* weight 1.00", told("blocked"))
    assert kings(world("blocked")) == [(0, 2), (13_050, 1)]  # after m0 made way at 12,600 with a younger model


def test_self_dethroner() -> None:
    """It takes the crown once, and refreshes it every day by the bar of a day; that is no crown."""
    assert kings(world("self-dethroner")) == [(0, 2), (7650, 0)]
    loss = START * exp(-0.004)
    for n, block in enumerate((14_400, 21_600), 1):
        expected = f"now stands with the model of block {block}: loss {loss * (1 - linear(7200)) ** n:.4f}"
        assert expected in told("self-dethroner")


def test_semantics() -> None:
    """m1 beats the king at 8100, but not the near miss before it: it is king only where it must beat the king alone."""
    gain, near = 0.003 * 7800 / 7200, 0.002
    assert bar(8100) < gain < near + bar(900)
    assert kings(world("king"))[:2] == [(0, 2), (8100, 1)]
    assert kings(world("running-best"))[:2] == [(0, 2), (first_step(near, 0), 0)] == [(0, 2), (8850, 0)]


def test_a_busy_validator() -> None:
    """With a place for one newcomer and 600 blocks a step, commitments are let in one by one, in their order."""
    steps = re.findall(r"(\d+)  day\s+\S+  ends the evaluation of (\d+): (?:(m\d) .*\| )?\*m4", told("busy"))
    assert [(int(end), int(begin)) for end, begin, _ in steps] == [(300, 0)] + [
        (b + 600, b) for b in range(900, 6900, 600)
    ]
    assert [newcomer for *_, newcomer in steps] == ["", "m1", "m2", "m3", "m0", "m1", "m2", "m3", "m0", "m1", "m2"]


def test_time_out_and_drawdown() -> None:
    """Two models need 505 of 500 blocks: nothing more is ever found. m0 leaves when fee and 60 USD a day exceed 40."""
    scenario = CASES["late"][0]
    assert kings(world("late")) == [(0, 2)]
    state = world("late").validators[0].state[0]
    assert state["timeouts"] == state["losses"] == 1 + (scenario.horizon - 1 - 8100) // 600
    leaves = next(block for block in range(0, 9999, 1800) if 10 + 60 * block / 7200 > 10 + 0.5 * 60)
    assert f"{leaves:>7}  day   0.75  m0 (entrant) leaves" in told("late")


def test_a_switch_of_data() -> None:
    """Whoever was trained on web text only loses 0.65 * 0.10 + 0.35 * 1.00 nats where Edu and code are judged."""
    before, after = START * exp(-0.004), START * exp(-0.004) + 0.415
    assert re.search(rf" 7650 .*\*m0 {before:.4f}", told("data"))
    assert re.search(rf" 13500 .*\*m0 {after:.4f}", told("data"))
    assert [block for block, _ in kings(world("data"))][:3] == [0, 7650, 13_650]
    assert "  10800  day   1.50  from now on models are judged on edu-stack" in told("data")


def test_it_is_the_same_life_as_among_others() -> None:
    """The kings of a timeline are those that the lane has beside another lane, in a pass of several worlds."""
    scenario = steady(0.004, 0.003, 0.002, 0.003, days=3.0, noise=NoiseLevel())
    lanes = lane("linear", FINE, "copycat"), lane(LOW, "copycat")
    together = World(scenario, lanes, 5, (3, 1))
    together.run()
    crowns = together.record.crowns()
    alone = re.findall(r"(\d+)  day\s+\S+  m(\d+) is king", timeline(scenario, lanes[1], 5, 1))
    assert len(alone) > 2
    assert [(int(block), int(miner)) for block, miner in alone] == kings(together, 3)
    assert len(crowns.block) > len(alone)


def test_nothing_new_is_not_told() -> None:
    """Noise alone, without a submission, makes no lines."""
    scenario = steady(0.0, 0.0, days=3.0, noise=NoiseLevel())
    assert len(timeline(scenario, lane("linear"), SEED).splitlines()) == 4
    assert scenario.noise != QUIET


def test_crowds_share_a_line() -> None:
    """More than three that do the same in one step are told in one line, with the best of what they submit."""
    scenario = steady(*[0.008] * 4, 0.0, days=0.1, wake_blocks=150)
    lines = timeline(scenario, lane("linear", *[FINE] * 4), SEED).splitlines()
    gain = 0.008 * 240 / 7200  # m3 looks up last, at 240
    assert lines[3] == (
        "    150  day   0.02  4 submissions (quick-fine-tuner m0, m1, m2, m3), of which the best: "
        f"m3 (quick-fine-tuner) submits an own model with loss {START * exp(-gain):.4f}, gain {gain:.3%}"
    )
    entrants = timeline(scenario, lane("linear", *["entrant"] * 4), SEED)
    assert "      0  day   0.00  4 enter: m0, m1, m2, m3\n" in entrants


def test_who_is_protected_for_a_fee_reigns_longer():
    """m1 waits for its first look past the bar of m0's option 2, 0.01 to 0.0001 in five days; option 1 held to 15,000.

    m0 gives up a fifth of its pay while it reigns; weights follow the crown within a few steps.
    """
    looks = range(9600, 40_000, 1800)
    second = {block: 0.01 - 0.0099 * (block - 7200) / 36_000 for block in looks}
    gain = {block: 0.0025 * block / 7200 - 0.002 for block in looks}
    assert next(block for block in looks if gain[block] > bar(block - 7200)) == 15_000
    assert next(block for block in looks if gain[block] > -log(1 - second[block])) == 24_000
    assert kings(world("menu")) == [(0, 2), (8850, 0), (24_450, 1), (33_000, 0)]
    reigns = (24_450 - 8850 + 43_200 - 33_000) / 7200
    assert world("menu").record.burned[0] == pytest.approx(0.2 * reigns, rel=0.03)
