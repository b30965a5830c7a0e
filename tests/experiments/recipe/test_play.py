"""Games in a recipe: a population for each start, and what is refused, with place, value and rule."""

from typing import Any

import pytest
from small_world import RECIPE, world

from experiments.recipe.play import Players, strategy_text
from experiments.recipe.populations import build_populations
from experiments.recipe.recipe import resolve
from experiments.recipe.resolved import plain
from experiments.recipe.yaml_file import Document
from policies import InputError
from sim.miners.strategies import build as strategy

AMONG = ["honest", "copycat", "idle"]
GAME = "populations: {settled: {play: {among: [honest, copycat, idle], starts: [even, copycat]}}}\npanel:\n"


def players(**keys: Any) -> tuple[Any, ...]:
    """The populations of a game."""
    return build_populations({"settled": {"play": {"among": AMONG, **keys}}})


def refused(**keys: Any) -> str:
    """What is said of a game, the key path first."""
    with pytest.raises(InputError) as error:
        players(**keys)
    return f"{'.'.join(map(str, error.value.path))}: {error.value}"


def test_each_start_is_a_population():
    """Named after the game and the start; all play among the same strategies."""
    found = players(starts=["even", "copycat"], rounds=5, worlds=2)
    assert [each.name for each in found] == ["settled from even", "settled from copycat"]
    assert {type(each) for each in found} == {Players}
    assert {each.strategies for each in found} == {tuple(map(strategy, AMONG))}
    assert {(each.game, each.rounds, each.worlds) for each in found} == {("settled", 5, 2)}


def test_defaults():
    """24 rounds of 6 worlds from an even start."""
    (found,) = players()
    assert (found.start, found.rounds, found.worlds) == ("even", 24, 6)


def test_strategies_may_have_parameters():
    """A start names a strategy as tables do: with the parameters that are not the defaults."""
    (found,) = players(among=[{"honest": {"certainty": 0.9}}, "honest"], starts=["honest certainty=0.9"])
    assert found.names == ("honest certainty=0.9", "honest")


def test_a_strategy_is_called_after_what_is_not_the_default():
    """Its name alone where all parameters are the defaults."""
    assert strategy_text(strategy("honest")) == "honest"
    assert strategy_text(strategy({"sniper": {"z": 1.25}})) == "sniper z=1.25"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"among": ["honest"]},
            "populations.settled.play.among: is ['honest'], but a game is among 2 to 20 strategies",
        ),
        ({"among": ["honest", "idle", "honest"]}, "populations.settled.play.among.2: honest is there twice"),
        ({"among": ["honest", "copycut"]}, "populations.settled.play.among.1: there is no strategy 'copycut'"),
        ({"among": "honest"}, "populations.settled.play.among: must be a valid list, not 'honest'"),
        ({"rounds": 0}, "populations.settled.play.rounds: must be greater than or equal to 1, not 0"),
        ({"worlds": 0}, "populations.settled.play.worlds: must be greater than or equal to 1, not 0"),
        ({"worlds": 2.5}, "populations.settled.play.worlds: must be a valid integer, not 2.5"),
        ({"starts": []}, "populations.settled.play.starts: is empty; name at least one, such as even"),
        ({"starts": ["sniper"]}, "populations.settled.play.starts.0: there is no start 'sniper'"),
        ({"starts": ["even", "even"]}, "populations.settled.play.starts.1: even is there twice"),
        ({"round": 3}, "populations.settled.play.round: unknown key 'round'; did you mean 'rounds'?"),
    ],
)
def test_what_is_refused(keys, said):
    """With the key path, what was given and the rule."""
    assert refused(**keys).startswith(said)


def test_a_game_is_a_mapping_with_strategies():
    """`among` is needed."""
    for body, said in (({}, "is missing; a recipe needs it"), (None, "must be a mapping with the keys among, rounds")):
        with pytest.raises(InputError, match=said):
            build_populations({"settled": {"play": body}})


def test_a_game_has_no_shares_beside_it():
    """Its mix is what it settles at."""
    with pytest.raises(InputError, match="stands beside `play`") as error:
        build_populations({"settled": {"play": {"among": AMONG}, "deviants": ["sniper"]}})
    assert error.value.path == ("populations", "settled", "deviants")


def test_names_of_populations_are_not_shared():
    """A population may not have the name of a start."""
    with pytest.raises(InputError, match="two populations would be called 'settled from even'"):
        build_populations({"settled": {"play": {"among": AMONG}}, "settled from even": {"honest": 1}})


def test_deviations_are_of_a_mix_that_is_given():
    """Single deviants of a settled mix are what its regret is about."""
    with pytest.raises(InputError, match="plays, and its regret says what single deviants gain"):
        build_populations({"settled": {"play": {"among": AMONG}}}, ["sniper"])
    given = {"honest": {"honest": 1}, "settled": {"play": {"among": AMONG}}}
    assert [each.name for each in build_populations(given, ["sniper"])][-1] == "honest + sniper"


def test_lanes_are_named_after_their_start(tmp_path):
    """Every policy from every start, and the baseline in the first."""
    spec = world(tmp_path, "panel:\n", GAME)
    assert [lane.name for lane in spec.lanes] == [
        f"{policy} | settled from {start}" for start in ("even", "copycat") for policy in ("sn9-2025-03", "shield")
    ]
    assert spec.baseline == "sn9-2025-03 | settled from even"


def test_each_strategy_needs_a_miner(tmp_path):
    """Fewer miners than strategies are refused, with the line of the game."""
    more = "idle, sniper, blocker, entrant, withholder, publisher, from-scratch]"
    text = GAME.replace("idle]", more, 1)
    with pytest.raises(
        InputError, match=r"little.yaml:\d+: populations.settled.play.among: has 9 strategies.*8 miners"
    ):
        world(tmp_path, "panel:\n", text)


def test_a_race_has_no_game(tmp_path):
    """Its submissions are what they were."""
    text = RECIPE.replace("panel:\n", GAME)
    scenario = text[text.index("scenario:") : text.index("populations:")]
    race = text.replace(scenario, "scenario: {kind: race, races: [slowrun-tiny]}\n")
    with pytest.raises(InputError, match="populations: a race has its own submissions"):
        resolve(Document(race, "race.yaml"), tmp_path)


def test_rounds_worlds_and_start_are_part_of_the_spec(tmp_path):
    """So each has results of its own."""
    texts = [GAME, GAME.replace("starts:", "rounds: 3, starts:"), GAME.replace("starts:", "worlds: 3, starts:")]
    told = [plain(world(tmp_path, "panel:\n", text))["populations"] for text in texts]
    assert told[0]["settled from copycat"]["play"] == {
        "game": "settled", "start": "copycat", "rounds": 24, "worlds": 6
    }  # fmt: skip
    assert told[0] != told[1] != told[2] != told[0]
