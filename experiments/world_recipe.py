"""`scenario.kind: world`: simulated miners who train, decide and submit."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from experiments.faults import at
from experiments.strict import Strict, of
from experiments.world_data import DataKeys
from experiments.world_progress import Ways, ways
from sim.clock import BLOCKS_PER_DAY
from sim.miners.hardware import Fleet
from sim.scenario import MOST_DAYS, MOST_MINERS, Economy, Scenario, Validation
from sim.validators.noise import NoiseLevel

BLOCKS_PER_HOUR = BLOCKS_PER_DAY // 24


class FleetKeys(Strict):
    """What miners train on."""

    kinds: dict[str, Annotated[float, Field(ge=0, le=1)]] = of(Fleet, "kinds")
    least: int = of(Fleet, "least", 1, 100_000)
    most: int = of(Fleet, "most", 1, 100_000)
    price: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = of(Fleet, "price")
    skill: float = of(Fleet, "skill", 0, 3)


class NoiseKeys(Strict):
    """Evaluation noise, in nats."""

    samples: int = of(NoiseLevel, "samples", 1, 10_000)
    pages: int = of(NoiseLevel, "pages", 1, 10_000)
    sample_sd: float = of(NoiseLevel, "sample_sd", 0, 10)
    page_sd: float = of(NoiseLevel, "page_sd", 0, 10)
    kin_sd: float = of(NoiseLevel, "kin_sd", 0, 10)
    stranger_sd: float = of(NoiseLevel, "stranger_sd", 0, 10)


class ValidationKeys(Strict):
    """How validators work, rules and epsilon apart."""

    step_blocks: int = of(Validation, "step_blocks", 1, 100_000)
    window_blocks: int = of(Validation, "window_blocks", 1, 100_000)
    queue: int = of(Validation, "queue", 1, MOST_MINERS)
    load_seconds: float = of(Validation, "load_seconds", 0, 1e6)
    model_seconds: float = of(Validation, "model_seconds", 0, 1e6)
    limit_blocks: int = of(Validation, "limit_blocks", 1, 1_000_000)
    retry_blocks: int = of(Validation, "retry_blocks", 0, 1_000_000)
    competitions: int = of(Validation, "competitions", 1, 100)
    validators: int = of(Validation, "validators", 1, 64)
    commit_blocks: int = of(Validation, "commit_blocks", 0, 1_000_000)


class EconomyKeys(Strict):
    """What mining pays and costs."""

    usd_per_day: float = of(Economy, "usd_per_day", 0, 1e9)
    registration_usd: float = of(Economy, "registration_usd", 0, 1e9)
    entry_days: float = of(Economy, "entry_days", 0, MOST_DAYS)


class CopiesKeys(Strict):
    """What copies of the king's model are worth."""

    penalty: float = of(Scenario, "copy_penalty", 0, 1e6)
    noise: float = of(Scenario, "copy_noise", 0, 1e3)


class WorldScenario(Strict):
    """Miners who train, decide and submit."""

    kind: Literal["world"] = Field(description="the scenario's kind")
    days: float = of(Scenario, "days", 0.01, MOST_DAYS)
    miners: int = of(Scenario, "miners", 2, MOST_MINERS)
    wake_hours: float = Field(
        Scenario.wake_blocks / BLOCKS_PER_HOUR, ge=0.01, le=3000, description="hours between two looks of a miner"
    )
    in_turn: bool = of(Scenario, "in_turn")
    public_delay_hours: float = Field(
        Scenario.public_blocks / BLOCKS_PER_HOUR,
        ge=0,
        le=3000,
        description="hours after its commitment until others can begin from the king's model",
    )
    progress: Ways | None = Field(None, description="ways of making progress; a scaling law when left out")
    fleet: FleetKeys = Field(FleetKeys(), description="what miners train on")
    noise: NoiseKeys = Field(NoiseKeys(), description="of an evaluation")
    validation: ValidationKeys = Field(ValidationKeys(), description="how validators work")
    economy: EconomyKeys = Field(EconomyKeys(), description="what mining pays and costs")
    copies: CopiesKeys = Field(CopiesKeys(), description="what copies of the king's model are worth")
    local_samples: int = of(Scenario, "local_samples", 1, 10_000_000)
    seed_sd: float = of(Scenario, "seed_sd", 0, 0.1)
    founded: bool = of(Scenario, "founded")
    target: float = of(Scenario, "target", 0, 10)
    data: DataKeys | None = Field(None, description="data sets; when left out, everybody trains on what is judged")
    cases: dict[str, dict[str, Any]] | None = Field(
        None, min_length=1, max_length=100, description="variants: keys of the scenario that differ from the rest"
    )

    def scenario(self, name: str, base: Path) -> Scenario:
        """The part of a world.

        Raises:
            InputError: with the key path within the scenario.
        """
        given: dict[str, Any] = {}
        if self.progress is not None:
            with at("progress"):
                given["progress"] = ways(self.progress, base)
        if self.data is not None:
            with at("data"):
                given["data"] = self.data.data()
        for key, kind in (("fleet", Fleet), ("noise", NoiseLevel), ("validation", Validation), ("economy", Economy)):
            with at(key):
                given[key] = kind(**getattr(self, key).model_dump())
        return Scenario(
            name,
            wake_blocks=round(self.wake_hours * BLOCKS_PER_HOUR),
            public_blocks=round(self.public_delay_hours * BLOCKS_PER_HOUR),
            copy_penalty=self.copies.penalty,
            copy_noise=self.copies.noise,
            **{key: getattr(self, key) for key in _SAME},
            **given,
        )


_SAME = ("days", "miners", "in_turn", "local_samples", "seed_sd", "founded", "target")
"""Keys that are fields of a scenario as they are."""
