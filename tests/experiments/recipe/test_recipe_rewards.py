"""Reward rules in recipes: which lane has which, what it is called, and what is said of mistakes."""

import pytest
import small_race
import small_world

from experiments.cli.headline import document
from experiments.recipe.recipe import load
from experiments.results.store import Store
from experiments.run.digest import digest, spec_document
from experiments.run.experiment import run
from policies import InputError
from policies.rewards import build

ENTRY = "  - {name: shield, policy: fixed}\n"


def spec(folder, *entries, top=""):
    """The little world with these entries of the panel on top of a plain one."""
    lines = "".join(f"  - {entry}\n" for entry in entries)
    return small_world.world(folder, ENTRY, f"{lines}{top}")


def test_an_entry_has_a_reward(tmp_path):
    """A lane has its entry's rule, and the name says so where the entry has none; the others are paid by weight."""
    made = spec(
        tmp_path,
        "{policy: linear, reward: bounty}",
        "{preset: sn9-2025-03, reward: {royalty: {tau_days: 7}}}",
        "{policy: linear, reward: prize, name: mine}",
        "{policy: linear, reward: subnet}",
    )
    assert [(lane.name, lane.reward) for lane in made.lanes] == [
        ("sn9-2025-03", None),
        ("linear + bounty", build("bounty")),
        ("sn9-2025-03 + royalty tau_days=7", build({"royalty": {"tau_days": 7}})),
        ("mine", build("prize")),
        ("linear", None),
    ]


def test_a_recipe_has_a_reward(tmp_path):
    """The rule at the top holds for presets, policies and sweeps alike, and entries may differ from it."""
    made = spec(
        tmp_path,
        "linear",
        "{grid: {fixed: {epsilon: [0.001, 0.002]}}}",
        "{policy: cosine, reward: subnet}",
        top="reward: shapley\n",
    )
    shapley = build("shapley")
    assert [lane.reward for lane in made.lanes] == [shapley, shapley, shapley, shapley, None]
    assert [lane.name for lane in made.lanes][-2:] == ["fixed epsilon=0.002", "cosine + subnet"]


@pytest.mark.parametrize(
    ("entry", "top", "said"),
    [
        ("{policy: linear, reward: roylty}", "", "panel.1.reward.*no reward rule 'roylty'.*royalty"),
        ("{policy: linear, reward: {royalty: {tau: 3}}}", "", "panel.1.reward.royalty.tau.*tau_days"),
        ("{policy: linear, reward: {royalty: {tau_days: 0}}}", "", "panel.1.reward.royalty.tau_days.*between"),
        ("{policy: linear, rewards: royalty}", "", "unknown key 'rewards'.*reward"),
        ("linear", "reward: {bounty: 3}\n", "reward.bounty.*mapping"),
        ("linear", "reward: 3\n", "reward"),
    ],
)
def test_mistakes(tmp_path, entry, top, said):
    """A misspelled rule, parameter or key, and a value out of bounds, are told with the key path."""
    with pytest.raises(InputError, match=f"(?s){said}"):
        spec(tmp_path, entry, top=top)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("panel:\n", "panel:\n  - {policy: linear, reward: royalty, name: it}\n", "panel.0.reward"),
        ("panel:\n", "reward: royalty\npanel:\n", "reward"),
    ],
)
def test_races_have_no_rewards(tmp_path, old, new, key):
    """The submissions of a race do not react to what is paid, so a rule is an error there; the subnet's own is not."""
    with pytest.raises(InputError, match=f"(?s){key}.*the same whatever is paid"):
        load(small_race.recipe(tmp_path, text=small_race.RECIPE.replace(old, new)))
    load(small_race.recipe(tmp_path, text=small_race.RECIPE + "reward: subnet\n"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("panel:\n", "panel:\n  - {policy: linear, rules: {sealed_days: 2}}\n", "panel.0.rules.sealed_days: is 2"),
        ("panel:\n", "rules: {sample_factor: 4.0}\npanel:\n", "rules.sample_factor: is 4.0"),
    ],
)
def test_races_have_no_seals_and_samples(tmp_path, old, new, said):
    """Nobody reacts in a race, and its noise is given: rules of worlds are an error there, their defaults are not."""
    with pytest.raises(InputError, match=f"(?s){said}.*only a scenario of kind world has"):
        load(small_race.recipe(tmp_path, text=small_race.RECIPE.replace(old, new)))
    load(small_race.recipe(tmp_path, text=small_race.RECIPE + "rules: {sealed_days: 0, sample_factor: 1}\n"))


def test_results_are_told_apart(tmp_path):
    """The resolved spec has every lane's rule, and another rule or parameter is another digest."""
    entries = ("royalty", "{royalty: {tau_days: 7}}", "shapley", "subnet")
    made = [spec(tmp_path, f"{{policy: linear, name: it, reward: {reward}}}") for reward in entries]
    assert len({digest(each) for each in made}) == len(entries)
    assert [spec_document(each)["lanes"][1]["reward"] for each in made[:1]] == [{"royalty": {"tau_days": 14.0}}]
    assert spec_document(made[0])["lanes"][0]["reward"] == {"subnet": {}}


def test_the_document_says_who_is_paid_how(tmp_path):
    """The JSON document has each lane's rule with its parameters, and the share of emission that was burned."""
    made = spec(tmp_path, "{policy: linear, reward: {prize: {reserve_days: 0}}}")
    outcome = run(made, tmp_path / "runs")
    lanes = document(Store(outcome.folder), outcome)["lanes"]
    assert [lane["reward"] for lane in lanes] == ["subnet", "prize"]
    assert lanes[0]["reward_parameters"] == {}
    assert lanes[1]["reward_parameters"] == {"days_per_nat": 500.0, "unlock_days": 7.0, "reserve_days": 0.0}
    assert lanes[0]["metrics"]["burned"]["mean"] == 0
    assert lanes[1]["metrics"]["burned"]["mean"] > 0
