"""A race as a world: its submissions are the script, and what differs between lanes is a value of the lane."""

from collections.abc import Sequence
from dataclasses import replace

from sim.lanes import Lane
from sim.race.race import Race
from sim.race.setting import Setting, scenario_of
from sim.world import World


class RaceWorld(World):
    """A race under the same noise for every lane, in several worlds at once.

    A miner of this world is a hotkey, under the number of its first submission; a model's `twin` is its submission.

    Args:
        race: the submissions.
        lanes: the competing policies.
        setting: noise, clock and hotkeys.
        seed: of all random streams.
        worlds: which worlds to run in this pass, by number; a world's result does not depend on the others.
    """

    def __init__(self, race: Race, lanes: Sequence[Lane], setting: Setting, seed: int, worlds: Sequence[int]) -> None:
        self.race = race
        if race.observed is not None:  # a log begins at the evaluation
            lanes = [replace(lane, rules=replace(lane.rules, delay=0)) for lane in lanes]
        super().__init__(scenario_of(race, setting), lanes, seed, worlds)
