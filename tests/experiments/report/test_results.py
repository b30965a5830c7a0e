"""What is read from a run: crowds and deviations, and the results of one population or contest."""

import numpy as np
import pytest
from world_results import DEVIATING, MIXED, POLICIES, metric_rows
from world_results import store as world_store

from experiments.report.results import read
from experiments.results.estimate import estimate


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_deviations_are_no_crowds(tmp_path):
    """A population with a deviant is shown apart, unless there is no other."""
    found = read(world_store(tmp_path / "a", populations={**MIXED, **DEVIATING}, deviants=("honest + sniper",)))
    assert found.crowds == ["honest", "mixed"]
    assert found.deviations == ["honest + sniper"]
    alone = read(world_store(tmp_path / "b", populations={"odd": ["honest"] * 3 + ["sniper"]}, deviants=("odd",)))
    assert alone.crowds == ["odd"]
    assert alone.deviations == []


def test_a_population_has_its_own_baseline(mixed):
    """The baseline's policy among the same miners, and as many rows as policies."""
    here = mixed.select_population("mixed")
    assert here.baseline.lane == "slope | mixed"
    assert [lane.population for lane in here.lanes] == ["mixed"] * len(POLICIES)
    assert {len(values) for values in here.values.values()} == {len(POLICIES)}


def test_a_case_has_its_own_estimates(tmp_path):
    """Means and paired differences over the worlds of that case only."""
    found = read(world_store(tmp_path, cases=("one", "other"), populations=MIXED))
    alone = found.select_contest("other")
    here = found.race == "other"
    door, base = (
        next(i for i, lane in enumerate(found.lanes) if lane.lane == f"{p} | mixed") for p in ("door", "slope")
    )
    area = found.values["descent_area"][:, here]
    assert alone.lanes[door].metrics["descent_area"] == estimate(area[door], found.race[here])
    assert alone.lanes[door].differences["descent_area"] == estimate(area[door] - area[base], found.race[here])
    assert [case.name for case in alone.contests] == ["other"]


def test_differences_are_to_the_baseline_in_the_same_population(tmp_path):
    """A crowd is not a policy's merit: every lane is paired with the baseline's policy among the same miners."""
    made = world_store(tmp_path, populations=MIXED)
    found = {lane.lane: lane.differences["descent_area"].mean for lane in read(made).lanes}
    for name in MIXED:
        area = {
            policy: np.mean([row["descent_area"] for row in metric_rows(made, lane=f"{policy} | {name}")])
            for policy in POLICIES
        }
        assert found[f"door | {name}"] == pytest.approx(area["door"] - area["slope"])
        assert found[f"slope | {name}"] == 0
