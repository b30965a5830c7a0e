"""Presets of other subnets: they build, cite their source, and are found by name in a panel."""

import pytest
from small_world import world

from experiments.recipe.panel import build_panel, find_preset, presets
from experiments.recipe.recipe import load
from policies import InputError
from sim.mechanism.rules import Rules


@pytest.mark.parametrize("name", presets())
def test_a_preset_builds_and_cites_its_source(name):
    """Every preset is a policy, perhaps a reward, and names the repository that it was read from."""
    policy, _ = find_preset(name)
    assert 0 <= float(policy.epsilon(0.0)) < 1
    assert "/" in presets()[name].source
    assert presets()[name].about


def test_a_preset_is_an_entry_of_a_panel():
    """By name or as `preset:`; a rule that pays brings its reward."""
    plain, full = build_panel(["sn62-2026-08", {"preset": "sn62-2026-08", "name": "ridges"}], Rules())
    assert plain.policy == full.policy == find_preset("sn62-2026-08")[0]
    assert plain.reward == full.reward != None  # noqa: E711 - a reward compares by its values


def test_a_date_that_does_not_exist_is_refused(tmp_path):
    """A preset at another date names the nearest one that exists, with file, line and key."""
    with pytest.raises(InputError, match=r"little.yaml:\d+: panel.1.*no preset 'sn62-2025-09'.*'sn62-2025-08'"):
        world(tmp_path, "  - {name: shield, policy: fixed}\n", "  - sn62-2025-09\n")


def test_a_race_must_say_what_a_policy_asks(tmp_path):
    """History is there in a race; who builds on whom is where the table says it."""
    path = tmp_path / "race.yaml"
    for race, policy in (("slowrun-tiny", "standard-errors"), ("parameter-golf", "lineage")):
        path.write_text(f"name: r\nscenario: {{kind: race, races: [{race}]}}\npanel: [{policy}]\n")
        assert len(load(path).lanes) == 1
    path.write_text("name: r\nscenario: {kind: race, races: [slowrun-tiny]}\npanel: [{lineage: {tax: 2}}]\n")
    refused = r"race.yaml:3: panel.*'lineage tax=2 then linear'.*race 'slowrun-tiny' does not say"
    with pytest.raises(InputError, match=refused):
        load(path)
