"""`steepest run --explain`: the timeline of one lane in one world of a recipe, instead of a run."""

from collections.abc import Callable
from pathlib import Path

from experiments.play.run import lanes_of
from experiments.recipe.recipe import Spec
from policies import InputError, nearest
from sim.lanes import Lane
from sim.race.race import Race
from sim.race.world import timeline
from sim.scenario import Scenario
from sim.timeline.story import narrate


def explain(spec: Spec, world: str, lane: str, root: Path, say: Callable[[str], object]) -> None:
    """Say line by line what a lane lives through in a world.

    Args:
        spec: the recipe.
        world: the number of a world; after a name and a colon, as in `bursts:3`, one of that case or race instead of
            the first.
        lane: the name of a lane, or its number from 0 on.
        root: the folder of all results; a lane that plays is shown with the mix where it has settled there.
        say: takes the lines.

    Raises:
        InputError: there is no such world or lane, or the lane has not played yet.
    """
    contest, number = _world(spec, world)
    chosen = _lane(spec, lane)
    if isinstance(contest, Scenario):
        chosen = lanes_of(spec, chosen, root)[contest.name]
        narrate(contest, chosen, spec.recipe.seed, number, say)
    else:
        say(timeline(contest, chosen, spec.setting, spec.recipe.seed, number).rstrip("\n"))


def _world(spec: Spec, given: str) -> tuple[Race | Scenario, int]:
    name, named, number = given.rpartition(":")
    contests = {contest.name: contest for contest in spec.contests}
    if named and name not in contests:
        raise InputError(f"--explain: there is no case or race {name!r}; {nearest(name, contests)}")
    contest = contests[name] if named else spec.contests[0]
    last = spec.worlds(contest) - 1
    if not number.isdecimal() or int(number) > last:
        raise InputError(
            f"--explain: {given!r} names no world of {contest.name}; give a number from 0 to {last}, "
            "as in `--explain 0 LANE`, or NAME:NUMBER for a case or race by name"
        )
    return contest, int(number)


def _lane(spec: Spec, given: str) -> Lane:
    lanes = {lane.name: lane for lane in spec.lanes}
    if given in lanes:
        return lanes[given]
    if given.isdecimal() and int(given) < len(spec.lanes):
        return spec.lanes[int(given)]
    raise InputError(
        f"--explain: there is no lane {given!r}; {nearest(given, lanes)} (or a number from 0 to {len(lanes) - 1})"
    )
