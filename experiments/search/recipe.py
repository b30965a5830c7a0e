"""The recipe of a study: what a YAML file for `steepest tune` says."""

from typing import Any, Literal

from pydantic import Field

from experiments.recipe.faults import Strict
from experiments.recipe.world import WorldScenario
from experiments.results.metrics import METRICS

Sampler = Literal["auto", "tpe", "cma-es", "gp", "nsga2", "nsga3", "qmc", "random"]
DEPLOYED = ["sn9-2025-03", "sn9-2025-01", "sn9-2024-12", "sn9-2024-10", "sn9-2024-09", "sn9-2024-01"]
"""All schedules that SN9 has had, the newest first, and the constant epsilon before them."""


class SearchKeys(Strict):
    """What is searched."""

    policies: list[Any] = Field(
        min_length=1,
        max_length=100,
        description="families: a policy's name, or {linear: {start: 0.005, end: {high: 0.001}}}; what is not named is "
        "searched in its declared range, a number fixes, {low, high, scale} narrows, {same_as: start} ties",
    )
    rewards: list[Any] = Field(["subnet"], min_length=1, max_length=100, description="reward rules, in the same form")
    rules: dict[str, Any] = Field(
        {}, max_length=20, description="numbers of the mechanism by rule, {temperature: {low: 0.005, high: 0.5}}"
    )
    scenario: dict[str, list[Any]] = Field(
        {},
        max_length=5,
        description="options of the scenario by dotted key, {noise.samples: [125, 500]}; each has passes of its own",
    )


class WorldsKeys(Strict):
    """How many worlds each stage has; no two stages share one."""

    search: int = Field(8, ge=1, le=100_000, description="worlds that every candidate of the search is measured in")
    rerank: int = Field(32, ge=2, le=100_000, description="worlds that the best of the search are ranked again in")
    final: int = Field(64, ge=2, le=100_000, description="worlds that the finalists are reported on")
    heldout: int = Field(16, ge=2, le=100_000, description="worlds of each held-out family")


class StudyRecipe(Strict):
    """A study: what is searched, where, and how it is judged."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="names the study and its folder")
    question: str = Field("", max_length=2000, description="what the study is to answer")
    scenario: WorldScenario = Field(description="the worlds that are searched in")
    families: dict[str, dict[str, Any]] = Field(
        {},
        max_length=20,
        description="kinds of worlds over all of which a candidate has to hold: by name the keys of the scenario that "
        "differ, and `population`; the scenario alone when left out",
    )
    heldout: dict[str, dict[str, Any]] = Field(
        {}, max_length=20, description="families that the search never sees, in the same form"
    )
    populations: dict[str, Any] | None = Field(
        None,
        min_length=1,
        max_length=10,
        description="populations of miners; objectives are measured in the first, where a family names no other",
    )
    deviations: list[Any] | None = Field(
        None, max_length=20, description="strategies of a single miner, for the constraint `ic_gap`"
    )
    rules: str | dict[str, Any] = Field(
        "sn9-2025-03", description="the mechanism that all share, apart from what is searched"
    )
    baselines: list[Any] = Field(
        DEPLOYED, min_length=1, max_length=100, description="lanes of every generation; differences are to the first"
    )
    search: SearchKeys = Field(description="what is searched")
    objectives: list[str] = Field(
        ["descent_area"], min_length=1, max_length=3, description="metrics; the first one decides what is recommended"
    )
    constraints: dict[str, float | Literal["baseline"]] = Field(
        {},
        max_length=10,
        description="limits on metrics: a number, or `baseline` for not worse than the first baseline's",
    )
    sure: float = Field(0.9, gt=0, lt=1, description="the least chance with which each limit has to be kept")
    sampler: Sampler = Field("auto", description="how trials are proposed")
    trials: int = Field(256, ge=1, le=1_000_000, description="trials of the whole study, however often it is continued")
    generation: int = Field(64, ge=1, le=4096, description="trials that are proposed at once and measured side by side")
    race: bool = Field(True, description="stop candidates early that are worse than the best in the worlds so far")
    worlds: WorldsKeys = Field(WorldsKeys(), description="how many worlds each stage has")
    rerank: int = Field(20, ge=1, le=1000, description="candidates of the search that are ranked again")
    finalists: int = Field(3, ge=1, le=100, description="best candidates in the end, beside the best of each family")
    seed: int = Field(0, ge=0, le=2**63 - 1, description="seed of all random streams, and of the sampler")

    @property
    def directions(self) -> list[Literal["minimize", "maximize"]]:
        """Of the objectives, for Optuna."""
        return ["maximize" if METRICS[name].better == "higher" else "minimize" for name in self.objectives]
