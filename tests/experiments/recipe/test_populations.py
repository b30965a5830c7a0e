"""Populations: mixes of strategies from YAML, single deviants, and lanes in each of them."""

import pytest
from small_world import RECIPE, world

from experiments.recipe.populations import build_populations, in_populations
from policies import InputError, build
from sim.lanes import Lane
from sim.miners.strategies import build as strategy


def test_a_mapping_of_shares():
    """The short form: strategies by name with their shares, in the order of the file."""
    (found,) = build_populations({"mixed": {"honest": 0.7, "quick_fine_tuner": 0.2, "copycat": 0.1}})
    assert found.name == "mixed"
    assert found.mix == ((strategy("honest"), 0.7), (strategy("quick-fine-tuner"), 0.2), (strategy("copycat"), 0.1))
    assert found.deviants == ()


@pytest.mark.parametrize(
    "mix",
    [
        [{"strategy": {"honest": {"certainty": 0.95}}, "share": 0.75}, {"strategy": "copycat", "share": 0.25}],
        [{"strategy": {"honest": {"certainty": 0.95}}, "share": 0.75}, {"strategy": {"copycat": None}, "share": 0.25}],
    ],
)
def test_a_mix_with_parameters_and_deviants(mix):
    """The long form: parameters of strategies, and single miners who follow another one."""
    (found,) = build_populations({"careful": {"mix": mix, "deviants": ["sniper", {"sniper": {"z": 0}}]}})
    assert found.mix == ((strategy({"honest": {"certainty": 0.95}}), 0.75), (strategy("copycat"), 0.25))
    assert found.deviants == (strategy("sniper"), strategy({"sniper": {"z": 0}}))


def test_a_mix_may_be_a_mapping_too():
    """Shares without parameters are written the same way beside deviants."""
    (found,) = build_populations({"a": {"mix": {"honest": 1}, "deviants": ["copycat"]}})
    assert (found.mix, found.deviants) == (((strategy("honest"), 1.0),), (strategy("copycat"),))


def test_deviations_are_populations_of_one_deviant():
    """Each is the first population with one more deviant, called after both."""
    given = {"honest": {"honest": 1}, "mixed": {"honest": 0.5, "copycat": 0.5}}
    found = build_populations(given, ["withholder", {"sniper": {"z": 2}}])
    assert [each.name for each in found] == ["honest", "mixed", "honest + withholder", "honest + sniper z=2"]
    assert [each.mix for each in found[2:]] == [found[0].mix] * 2
    assert [each.deviants for each in found[2:]] == [(strategy("withholder"),), (strategy({"sniper": {"z": 2}}),)]


def test_one_population_leaves_the_lanes_their_names():
    """The population stands in the lane, not in its name."""
    (population,) = build_populations({"honest": {"honest": 1}})
    (lane,) = in_populations([Lane("shield", build("fixed"))], [population])
    assert (lane.name, lane.population) == ("shield", population)


def test_every_policy_lives_in_every_population(tmp_path):
    """Two policies in two populations are four lanes, the first population's first, named after both."""
    spec = world(tmp_path, "panel:", "populations:\n  a: {honest: 1}\n  b: {honest: 0.5, copycat: 0.5}\npanel:")
    assert [lane.name for lane in spec.lanes] == ["sn9-2025-03 | a", "shield | a", "sn9-2025-03 | b", "shield | b"]
    assert [lane.population.name for lane in spec.lanes] == ["a", "a", "b", "b"]
    assert [lane.policy for lane in spec.lanes[:2]] == [lane.policy for lane in spec.lanes[2:]]
    assert [each.name for each in spec.populations] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "lane"),
    [
        ("", "sn9-2025-03 | honest"),
        ("baseline: shield\n", "shield | honest"),
        ("baseline: shield | honest + copycat\n", "shield | honest + copycat"),
    ],
)
def test_the_baseline_is_a_lane_or_an_entry_of_the_panel(tmp_path, given, lane):
    """An entry of the panel means its lane in the first population."""
    assert world(tmp_path, "panel:", f"{given}deviations: [copycat]\npanel:").baseline == lane


FAULTS = [
    ("a: {honest: 0.5}", "a: the shares of population 'a' sum to 0.5, but must sum to 1"),
    ("a: {honest: 0.7, copycat: 0.4}", "a: the shares of population 'a' sum to 1.1, but must sum to 1"),
    ("a: {honst: 1}", "a.honst: there is no strategy 'honst'; did you mean 'honest'?"),
    ("a: {mx: {honest: 1}}", "a.mx: there is no strategy 'mx'; did you mean 'mix'?"),
    ("a: {honest: -0.1, copycat: 1.1}", "a.honest: must be greater than or equal to 0, not -0.1"),
    ("a: {honest: .nan}", "a.honest: must be a finite number, not nan"),
    ("a: {honest: true}", "a.honest: must be a valid number, not True"),
    ("a: {honest: {certainty: 0.9}}", "a.honest: has parameters, which go into a mix: mix: [{strategy: "),
    ("a: {}", "a: is a mapping of strategies to shares such as {honest: 0.9, copycat: 0.1}, or of `mix`"),
    ("a: honest", "a: is a mapping of strategies to shares such as {honest: 0.9, copycat: 0.1}, or of `mix`"),
    ("a: {mix: [{strategy: honest, share: 0.9}]}", "a.mix: the shares of population 'a' sum to 0.9"),
    ("a: {mix: [{strategy: honest}]}", "a.mix.0.share: is missing; a recipe needs it (a share)"),
    ("a: {mix: [{strategy: honest, share: 1, x: 1}]}", "a.mix.0.x: unknown key 'x'; known: strategy, share"),
    (
        "a: {mix: [{strategy: {honest: {certainty: 2}}, share: 1}]}",
        "a.mix.0.strategy.honest.certainty: honest: certainty is 2, but must be between ",
    ),
    (
        "a: {mix: [{strategy: {honest: {certainity: 0.9}}, share: 1}]}",
        "a.mix.0.strategy.honest.certainity: honest has no parameter 'certainity'; did you mean 'certainty'?",
    ),
    ("a: {mix: {honest: 1}, deviant: [sniper]}", "a.deviant: unknown key 'deviant'; did you mean 'deviants'?"),
    ("a: {mix: {honest: 1}, deviants: sniper}", "a.deviants: must be a valid list, not 'sniper'"),
    ("a: {mix: {honest: 1}, deviants: [snipr]}", "a.deviants.0: there is no strategy 'snipr'; did you mean 'sniper'?"),
    ("a: {deviants: [sniper]}", "a.mix: is missing; a recipe needs it (shares such as {honest: 1}, or a list"),
    (f"a: {{mix: {{honest: 1}}, deviants: [{', '.join(['sniper'] * 9)}]}}", "a.deviants: population 'a' has 9"),
    ("'a | b': {honest: 1}", "a | b: a population's name has no '|': it stands in the names of lanes"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), FAULTS, ids=[line[:60] for line, _ in FAULTS])
def test_every_fault_names_line_path_and_rule(tmp_path, line, said):
    """File, line, key path, what was given, and the rule or the nearest spelling."""
    with pytest.raises(InputError) as caught:
        world(tmp_path, "panel:", f"populations:\n  {line}\npanel:")
    assert str(caught.value).startswith(f"{tmp_path / 'little.yaml'}:11: populations.{said}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[withhold]", "deviations.0: there is no strategy 'withhold'; did you mean 'withholder'?"),
        ("[sniper, {sniper: {}}]", "deviations.1: there is a population 'honest + sniper' already"),
        ("[{sniper: {z: 99}}]", "deviations.0.sniper.z: sniper: z is 99, but must be between 0 and 10"),
        ("sniper", "deviations: must be a valid list, not 'sniper'"),
    ],
)
def test_faults_of_deviations(tmp_path, given, said):
    """A deviation is a strategy, and there is one of a name."""
    with pytest.raises(InputError) as caught:
        world(tmp_path, "panel:", f"deviations: {given}\npanel:")
    assert str(caught.value).startswith(f"{tmp_path / 'little.yaml'}:10: {said}")


def test_more_lanes_than_memory_holds_are_refused(tmp_path, monkeypatch):
    """Policies times populations are bounded as policies are."""
    monkeypatch.setattr("experiments.recipe.recipe.MAX_LANES", 3)
    with pytest.raises(InputError, match="2 policies in 2 populations are more than 3 lanes"):
        world(tmp_path, "panel:", "deviations: [sniper]\npanel:")
    assert "panel:" in RECIPE
