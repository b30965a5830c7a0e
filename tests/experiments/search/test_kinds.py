"""Families of worlds: what they change, who takes part, and which of them the search lives in."""

from pathlib import Path

import pytest
from small_study import recipe

from experiments.search.spec import StudySpec, load
from policies import InputError

PLAY = "{play: {among: [honest, copycat], rounds: 2, worlds: 1, starts: [even, honest]}}"


def study(folder: Path, families: str) -> StudySpec:
    """The small study with more keys."""
    return load(recipe(folder, "trials: 12", f"trials: 12\n{families}"))


def test_the_scenario_alone_is_the_only_family(tmp_path: Path) -> None:
    """A study that names none has one, of its own name, and its usual population."""
    (kind,) = load(recipe(tmp_path)).kinds
    assert (kind.name, kind.searched, kind.plays) == ("small", True, False)
    assert [population.name for population in kind.populations] == ["honest"]


def test_a_family_changes_the_scenario_and_the_population(tmp_path: Path) -> None:
    """What a family names is merged with the scenario; deviants are of its own population."""
    given = "families: {usual: {}, mixed: {miners: 9, population: {honest: 0.5, copycat: 0.5}}}\ndeviations: [sniper]"
    spec = study(tmp_path, given)
    usual, mixed = spec.kinds
    assert [spec.cases(kind)[0].miners for kind in (usual, mixed)] == [8, 9]
    assert [population.name for population in usual.populations] == ["honest", "honest + sniper"]
    assert [population.name for population in mixed.populations] == ["mixed", "mixed + sniper"]


def test_each_start_is_a_family_that_the_search_does_not_see(tmp_path: Path) -> None:
    """Families that play come behind those of the search, held-out ones last, and none of these names the study."""
    given = f"families: {{settled: {{population: {PLAY}}}, usual: {{}}}}\nheldout: {{many: {{miners: 12}}}}"
    spec = study(tmp_path, given)
    assert [kind.name for kind in spec.kinds] == ["usual", "settled from even", "settled from honest", "many"]
    assert [kind.name for kind in spec.searched] == ["usual"]
    assert spec.digest() == study(tmp_path, "families: {usual: {}}").digest()
    assert spec.digest() != study(tmp_path, "families: {usual: {}, many: {miners: 12}}").digest()


@pytest.mark.parametrize(
    ("given", "place", "rule"),
    [
        (f"families: {{a: {{population: {PLAY}}}}}", "families", "in every one of them a population plays"),
        (f"populations: {{a: {PLAY}}}", "populations.a.play", "a population that plays belongs in a family"),
        ("families: {a: {population: {honest: 2}}}", "families.a.population.honest", "not 2"),
        ("families: {a: {population: {play: {among: [honest]}}}}", "families.a.population.play.among", "2 to 20"),
        ("families: {a: {kind: race}}", "families.a.kind", "must be 'world', not 'race'"),
        ("families: {a: {miner: 9}}", "families.a.miner", "unknown key 'miner'"),
        (
            "families: {a: {validation: {queue: 5}}}",
            "families.a.validation.queue",
            "no newcomer would ever find a place",
        ),
        ("families: {a: {}}\nheldout: {a: {miners: 9}}", "heldout.a", "two families would be called 'a'"),
        ("families: {a: {effort: {rule: none}}}", "families.a.effort.rule", "not 'none'"),
        ("sure: 1.5", "sure", "must be less than 1, not 1.5"),
        ("sure: 0", "sure", "must be greater than 0, not 0"),
        ("constraints: {copied_share: 3}", "constraints.copied_share", "a limit on it is from 0 to 1"),
        ("constraints: {regret: 0.05}", "constraints.regret", "wherever a population plays"),
    ],
)
def test_faults_are_placed(tmp_path: Path, given: str, place: str, rule: str) -> None:
    """With the key path, what was given, and the rule."""
    with pytest.raises(InputError, match=rule) as error:
        study(tmp_path, given)
    assert f" {place}: " in str(error.value)
