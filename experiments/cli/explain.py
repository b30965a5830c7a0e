"""`steepest run --explain`: the timeline of one lane in one world of a recipe, instead of a run."""

import re
from collections.abc import Callable
from pathlib import Path

from experiments.play.run import lanes_of
from experiments.recipe.recipe import Spec
from policies import InputError, nearest
from sim.race.world import timeline
from sim.scenario import Scenario
from sim.timeline.story import narrate

SCREEN = 24  #: lines of a screen
CROWN = re.compile(r" *\d+ +day +[\d.]+ +\S+ is king with ")


def explain(spec: Spec, world: str, lane: str, root: Path, say: Callable[[str], object]) -> None:
    """Tell line by line what happens to a lane in a world.

    Args:
        spec: the recipe.
        world: the number of a world of the first case or race; or a name and a number, as in `bursts:3`, for another.
        lane: the name of a lane, or its number from 0 on.
        root: the folder of all results; a lane that plays is shown with the mix where it has settled there.
        say: takes the lines.

    Raises:
        InputError: there is no such world or lane, or the lane has not played yet.
    """
    name, named, number = world.rpartition(":")
    contests = {contest.name: contest for contest in spec.contests}
    if named and name not in contests:
        raise InputError(f"--explain: there is no case or race {name!r}; {nearest(name, contests)}")
    contest = contests[name] if named else spec.contests[0]
    last = spec.worlds(contest) - 1
    if not number.isdecimal() or int(number) > last:
        raise InputError(
            f"--explain: {world!r} names no world of {contest.name}; give a number from 0 to {last}, "
            "as in `--explain 0 LANE`, or NAME:NUMBER for a case or race by name"
        )
    lanes = {str(i): each for i, each in enumerate(spec.lanes)} | {each.name: each for each in spec.lanes}
    known = lanes.get(lane)
    if known is None:
        names = [each.name for each in spec.lanes]
        raise InputError(
            f"--explain: there is no lane {lane!r}; {nearest(lane, names)} (or a number from 0 to {len(names) - 1})"
        )
    if isinstance(contest, Scenario):
        settled = lanes_of(spec, known, root)[contest.name]
        narrate(contest, settled, spec.recipe.seed, int(number), say)
    else:
        say(timeline(contest, known, spec.setting, spec.recipe.seed, int(number)).rstrip("\n"))


def one_screen(lines: list[str]) -> list[str]:
    """A timeline in one screen: all of a short one, else its heading and the crowns that began the longest reigns."""
    if len(lines) <= SCREEN:
        return lines
    crowns = [line for line in lines[1:] if CROWN.match(line)]
    blocks = [int(line.split()[0]) for line in crowns] + [int(lines[-1].split()[0])]
    longest = sorted(range(len(crowns)), key=lambda i: blocks[i] - blocks[i + 1])[: SCREEN - 2]
    said = f"{len(lines) - 1:,} events, {len(crowns)} crowns; these began the longest reigns, --full tells all"
    return [lines[0], *(crowns[i] for i in sorted(longest)), said]
