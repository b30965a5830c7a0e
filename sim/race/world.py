"""A race as a world: its submissions are the script, and what differs between lanes is a value of the lane."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.clock import BLOCKS_PER_DAY, blocks
from sim.lanes import Lane
from sim.mechanism.dethrone import NOBODY
from sim.miners.script import Script
from sim.models import lines_of
from sim.race.noise import RaceNoise
from sim.race.race import Race, Setting
from sim.scenario import Scenario, Validation
from sim.timeline.words import describe_seat, line
from sim.world import World


def scenario_of(race: Race, setting: Setting) -> Scenario:
    """The contest: everything is evaluated as soon as it is old enough, and steps take no time."""
    hotkey = np.arange(len(race))
    if setting.hotkeys == "miner":
        first = {miner: i for i, miner in reversed(list(enumerate(race.miner)))}
        hotkey = np.array([first[miner] for miner in race.miner])
    observed = race.observed
    if observed is None:
        starts, every, horizon = (), setting.step_blocks, int(race.block[-1]) + max(blocks(setting.tail_days), 1)
    else:
        starts, every, horizon = tuple(observed.block.tolist()), 1, int(observed.block[-1]) + 1
    how = Validation(every, every, len(race), load_seconds=0.0, model_seconds=0.0, retry_blocks=1, commit_blocks=0)
    lines = lines_of(race.lineages()) if race.has_lineage else None
    return Scenario(
        race.name,
        days=horizon / BLOCKS_PER_DAY,
        miners=len(race),
        noise=RaceNoise(race, setting.noise),
        validation=how,
        founded=False,
        script=Script(race.block, hotkey, race.loss, starts, lines),
    )


class RaceWorld(World):
    """A race under the same noise for every lane, in several worlds at once.

    A miner of this world is a hotkey, under the number of its first submission; a model's `twin` is its submission, and
    the owners in its line are the submissions that it builds on. `setting` has noise, clock and hotkeys; for the rest
    see `World`.
    """

    def __init__(self, race: Race, lanes: Sequence[Lane], setting: Setting, seed: int, worlds: Sequence[int]) -> None:
        self.race = race
        if race.observed is not None:  # a log begins at the evaluation
            lanes = [replace(lane, rules=replace(lane.rules, delay=0)) for lane in lanes]
        super().__init__(scenario_of(race, setting), lanes, seed, worlds)


def timeline(race: Race, lane: Lane, setting: Setting, seed: int = 0, world: int = 0) -> str:
    """One lane's life as text.

    A line per submission, and per evaluation whose outcome differs from the one before: pool, epsilon, loss, wins and
    weight of each model, and the king when it changes. `*` marks the king, `-` a model that the filter dropped.
    """
    contest = RaceWorld(race, [lane], setting, seed, [world])
    validator, model = contest.validators[0], contest.validators[0].models.facts["twin"][0]
    lines = [f"{race.name}, lane {lane.name}, {len(race)} submissions, {contest.scenario.days:.2f} days"]
    submitted, king = 0, NOBODY
    outcome: object = None

    def watch(now: int) -> None:
        nonlocal submitted, outcome, king
        while submitted < len(race) and race.block[submitted] <= now:
            text = f"{race.miner[submitted]} submits #{submitted} with loss {race.loss[submitted]:.4f}"
            lines.append(line(int(race.block[submitted]), text))
            submitted += 1
        if not validator.state["begun"][0]:
            return
        pool = sorted(validator.pool(0), key=lambda seat: int(model[seat["uid"]]))
        reigning, before = int(contest.kings[0]), outcome
        outcome = reigning, [(model[seat["uid"]], seat["wins"], seat["competitive"]) for seat in pool]
        if outcome == before:
            return
        weights = contest.weights[0]
        seats = [describe_seat(f"#{model[s['uid']]}", s, weights[s["uid"]], s["uid"] == reigning) for s in pool]
        did = "loses the step, nobody is competitive:" if validator.state["lost"][0] else "evaluates"
        lines.append(line(now, f"{did} {' | '.join(seats)}"))
        if reigning != king:
            king, number = reigning, model[reigning]
            lines.append(line(now, f"{race.miner[king]} is king with #{number}, loss {race.loss[number]:.4f}"))

    contest.run(watch)
    return "\n".join([*lines, ""])
