"""`scenario.kind: race`: real submissions of a contest, replayed."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from experiments.faults import at
from experiments.strict import Strict, of
from experiments.submissions import find, read_race
from policies import InputError
from sim.race.race import NoiseLevel, Race, Setting


class NoiseSpec(Strict):
    """Evaluation noise, as fractions of the loss."""

    paired: float = of(NoiseLevel, "paired", 0, 0.5)
    common: float = of(NoiseLevel, "common", 0, 0.5)
    samples: int = of(NoiseLevel, "samples", 1, 10_000)


class RaceScenario(Strict):
    """Real submissions of a contest, laid on the subnet's clock."""

    kind: Literal["race"] = Field(description="the scenario's kind")
    races: list[str] = Field(
        min_length=1, max_length=100, description="shipped races by name, or CSV and parquet files"
    )
    days_per_day: float = Field(1.0, gt=0, le=1e6, description="days of the subnet per day of the race")
    unit: Literal["nats", "bpb", "minutes"] | None = Field(
        None, description="unit of the losses, where files do not say"
    )
    noise: NoiseSpec = Field(NoiseSpec(), description="of an evaluation")
    step_blocks: int = of(Setting, "step_blocks", 1, 100_000)
    tail_days: float = of(Setting, "tail_days", 0, 3650)
    hotkeys: Literal["submission", "miner"] = Field(
        "submission",
        description="each submission from a hotkey of its own, or one hotkey per miner: a new model replaces the old",
    )

    def setting(self) -> Setting:
        """The scenario as the replay needs it."""
        noise = NoiseLevel(self.noise.paired, self.noise.common, self.noise.samples)
        return Setting(noise, self.step_blocks, self.tail_days, self.hotkeys == "miner")

    def read(self, base: Path) -> tuple[Race, ...]:
        """The races, files beside `base`.

        Raises:
            InputError: with the key path within the scenario.
        """
        races: list[Race] = []
        for i, name in enumerate(self.races):
            with at("races", i):
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
