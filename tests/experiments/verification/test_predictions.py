"""Predictions: their recipes load, a small one keeps its order, and the measures measure what they say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from steady_world import lane, steady

from experiments.recipe.recipe import load
from experiments.verification.predictions import (
    ANALYSES,
    PREDICTIONS,
    Contest,
    bunching,
    commitment_ages,
    days_of_pay,
    first_reigns,
    main,
    private_losses,
    ratio_of,
    spread_and_gap,
    standoffs,
)
from sim.data.data import Data, Moving
from sim.data.judging import judging
from sim.miners.progress.draws import DrawsProgress
from sim.world import World

FIXED = {"fixed": {"epsilon": 0.005}}
SEED = 1406
"""With this seed roles are in the miners' own order, see `steady_world`."""


@pytest.mark.parametrize("path", sorted(PREDICTIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_loads(path: Path) -> None:
    """A recipe is valid, has its file's name, and says what would contradict it or what it is for."""
    spec = load(path)
    text = path.read_text(encoding="utf-8")
    assert spec.recipe.name == path.stem
    assert spec.recipe.question
    assert any(word in text for word in ("Contradicted by", "Contradicted if", "not testable", "Same rule"))


def test_every_analysis_has_a_recipe() -> None:
    """Every analysis has a recipe of its name."""
    assert {path.stem for path in PREDICTIONS.glob("*.yaml")} >= set(ANALYSES)


def test_low_bars_are_faster_than_high_ones() -> None:
    """The first prediction in small: of the two extremes the lower bar makes the loss fall faster, in every world."""
    spec = load(PREDICTIONS / "h01.yaml")
    scenario = replace(spec.scenarios[0], days=10.0)
    low, high = spec.lanes[0], spec.lanes[-1]
    assert (low.name, high.name) == ("fixed epsilon=0.0005", "fixed epsilon=0.005")
    world = World(scenario, (low, high), spec.recipe.seed, range(4))
    fallen = (world.run().first - world.record.marks[3]).reshape(2, 4)
    assert (fallen[0] > 1.5 * fallen[1]).all()


def test_a_stock_makes_a_king() -> None:
    """A miner with a stock is paid from the next evaluation on; the same miner without it never is."""
    scenario = steady(0.0, 0.0, 0.0, days=4.0)
    contest = Contest(scenario, (lane(FIXED, semantics="king", delay=0, alpha=0.0),), SEED, [0])
    with_it, without = (days_of_pay(contest, stock, 2.0, works=True) for stock in (0.02, 0.0))
    assert with_it == pytest.approx(1.8, abs=0.2)  # it looks four times a day
    assert without == 0.0


def test_a_miner_that_stops_is_passed() -> None:
    """A miner that stops working is passed for good by a rival, which it would otherwise have passed again."""
    scenario = steady(0.01, 0.005, 0.0, days=6.0)
    contest = Contest(scenario, (lane(FIXED, semantics="king", delay=0, alpha=0.0),), SEED, [0])
    works, stops = (days_of_pay(contest, 0.0, 1.0, works=works).item() for works in (True, False))
    assert works > 4.0
    assert 0.0 < stops < 2.0


def test_thirds_are_seen() -> None:
    """A near miss under a decay makes a cycle, and does not block."""
    contest = Contest(steady(0.003, 0.004, 0.0, days=1.8), (lane("linear", "blocker"),), SEED, [0])
    found = standoffs(contest)
    assert 0.0 < found["thirds"].item() < 0.5
    assert found["blocked"] == 0.0


def test_blocks_are_seen() -> None:
    """The same near miss under a fixed epsilon keeps the king."""
    contest = Contest(steady(0.003, 0.004, 0.0, days=2.0), (lane(FIXED, "blocker"),), SEED, [0])
    found = standoffs(contest)
    assert found["thirds"] == 0.0
    assert 0.0 < found["blocked"].item() < 0.5


def test_ages_at_commitments() -> None:
    """A miner that gains 0.004 a day passes 0.005 after a day and a quarter, and commits at its next look."""
    contest = Contest(steady(0.004, 0.0, days=2.0), (lane(FIXED, semantics="king", delay=0, alpha=0.0),), SEED, [0])
    column, age = commitment_ages(contest)
    assert column.tolist() == [0]
    assert age == pytest.approx([1.5])


def test_bunching_is_a_share_of_what_is_near() -> None:
    """Only ages within half a day of a cliff count."""
    at, near, far = 2.0 + 2.0 / 24, 2.3, 2.6
    assert bunching(np.array([at, near, far, far]), (2,)) == 0.5
    assert np.isnan(bunching(np.array([far]), (2,)))


def test_first_reigns_of_drawn_models() -> None:
    """The first reign ends with the second crown, or with the contest."""
    scenario = steady(0.0, 0.0, 0.0, 0.0, days=3.0, founded=False, progress=((DrawsProgress(scale=0.01), 1.0),))
    rules = {"semantics": "king", "delay": 0, "alpha": 0.0}
    lanes = (lane({"fixed": {"epsilon": 0.0}}, **rules), lane({"fixed": {"epsilon": 0.9}}, name="high", **rules))
    brief, whole = first_reigns(Contest(scenario, lanes, SEED, [0]))
    assert 0.0 < brief.item() < whole.item()
    assert whole == pytest.approx(3.0, abs=0.3)


def test_private_losses_and_their_spread() -> None:
    """Equal miners on one set lose nearly the same (they look in turn); the other set costs what the table says."""
    data = Data(judging([(0, "refinedweb")]), Moving(start={"refinedweb": 0.5, "fineweb": 0.5}, never=1.0))
    scenario = steady(*[0.001] * 6, days=2.0, data=data)
    contest = Contest(scenario, (lane(FIXED, *["from-scratch"] * 6),), SEED, [0])
    losses, begun = private_losses(contest, (1.0, 2.0))
    assert losses.shape == (2, 6, 1)
    assert len(np.unique(begun)) == 2
    spread, gap = spread_and_gap(losses[-1], begun)
    assert spread == pytest.approx([0.0], abs=1e-3)
    assert gap == pytest.approx([0.05], abs=1e-3)


def test_a_ratio_of_means() -> None:
    """The ratio of the means, and not the mean of the ratios."""
    found = ratio_of(np.array([2.0, 4.0, 6.0]), np.array([1.0, 1.0, 4.0]))
    assert found.mean == pytest.approx(2.0)
    assert found.lo < 2.0 < found.hi


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Unknown analyses are refused, and standard error lists the known ones."""
    assert main(["h99"]) == main([]) == 2
    said = capsys.readouterr()
    assert "convergence" in said.err
    assert not said.out
