"""`scenario.kind: race`: real submissions of a contest, replayed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from experiments.recipe.faults import descend
from experiments.submissions import find, read_race
from policies import InputError
from sim.race.race import Race, Setting
from sim.settings import About


@dataclass(frozen=True, kw_only=True)
class RaceScenario(Setting):
    """Real submissions of a contest, replayed on the subnet's clock."""

    kind: Annotated[Literal["race"], About("`race`; a scenario of kind `world` has other keys")]
    races: Annotated[
        list[str],
        Field(min_length=1, max_length=100),
        About("shipped races by name, or files; a relative path starts at the recipe. All of one unit"),
    ]
    days_per_day: Annotated[float, Field(gt=0, le=1e6), About("days of the subnet per day of the race")] = 1.0
    unit: Annotated[
        Literal["nats", "bpb", "minutes"] | None,
        About("unit of the losses, `nats`, `bpb` or `minutes`, where files do not say"),
    ] = None

    def read(self, base: Path) -> tuple[Race, ...]:
        """The races, files beside `base`.

        Raises:
            InputError: with the key path within the scenario.
        """
        races: list[Race] = []
        for i, name in enumerate(self.races):
            with descend("races", i):
                race = read_race(find(name, base), self.days_per_day, self.unit)
                if race.name in {r.name for r in races}:
                    raise InputError(f"race {race.name!r} is given twice; give each race once")
                if races and race.unit != races[0].unit:
                    raise InputError(
                        f"{race.name} is in {race.unit}, but {races[0].name} is in {races[0].unit}; "
                        f"races of one recipe must have one unit: make a recipe for each"
                    )
            races.append(race)
        return tuple(races)
