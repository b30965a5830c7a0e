"""`scenario.progress`: how training makes models better, from its YAML form to the parts of a world."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from experiments.faults import at
from experiments.strict import Strict, of
from policies import InputError
from sim.miners.progress.course import Progress
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import TraceProgress
from sim.traces.curve import Curve, Kind
from sim.traces.laws.published import law
from sim.traces.spec import BOUNDS, STEPS, Spec

MOST_POINTS = 10_000_000
"""Points of all synthesised curves of a recipe together; they are held in memory."""


class LawKeys(Strict):
    """Along a scaling law."""

    law: str = of(LawProgress, "law")
    parameters: float = of(LawProgress, "parameters", 1e6, 1e13)
    tokens: float = of(LawProgress, "tokens", 1e8, 1e16)
    cooldown: float = of(LawProgress, "cooldown", 0, 0.95)
    rewarm_days: float = of(LawProgress, "rewarm_days", 0, 100)

    def progress(self, base: Path) -> Progress:
        """The part of a world."""
        try:
            law(self.law)
        except InputError as error:
            raise InputError(str(error), ("law",)) from None
        return LawProgress(**self.model_dump())


class IdeasKeys(Strict):
    """By ideas that come now and then."""

    start_loss: float = of(IdeasProgress, "start_loss", 1e-6, 1e6)
    per_day: float = of(IdeasProgress, "per_day", 0, 1e4)
    gain: float = of(IdeasProgress, "gain", 0, 1)
    sigma: float = of(IdeasProgress, "sigma", 0, 5)
    burst: float = of(IdeasProgress, "burst", 0.05, 100)
    parameters: float = of(IdeasProgress, "parameters", 1e6, 1e13)

    def progress(self, base: Path) -> Progress:
        """The part of a world."""
        return IdeasProgress(**self.model_dump())


class DrawsKeys(Strict):
    """Without memory: every look brings a new model, independent of the ones before."""

    law: Literal["exponential", "gumbel", "fixed"] = of(DrawsProgress, "law")
    scale: float = of(DrawsProgress, "scale", 1e-9, 10)
    drift: float = of(DrawsProgress, "drift", -10, 10)
    per_day: float | None = of(DrawsProgress, "per_day", 1e-6, 1e6)
    parameters: float = of(DrawsProgress, "parameters", 1e6, 1e13)

    def progress(self, base: Path) -> Progress:
        """The part of a world."""
        return DrawsProgress(**self.model_dump())


class SynthesiseKeys(Strict):
    """A training run as `steepest traces synth` takes it."""

    parameters: float = of(Spec, "parameters", *BOUNDS["parameters"])
    tokens: float = of(Spec, "tokens", *BOUNDS["tokens"])
    dataset: str = of(Spec, "dataset")
    judged_on: str = of(Spec, "judged_on")
    schedule: str = of(Spec, "schedule")
    warmup: int | None = of(Spec, "warmup", 0, STEPS[1])
    start: int | None = of(Spec, "start", 0, STEPS[1])
    end: float = of(Spec, "end", 1e-9, 1)
    tokens_per_step: float = of(Spec, "tokens_per_step", *BOUNDS["tokens_per_step"])
    law: str = of(Spec, "law")
    gpu: str = of(Spec, "gpu")
    gpus: int = of(Spec, "gpus", *BOUNDS["gpus"])
    points: int = of(Spec, "points", 2, 100_000)
    kind: Kind = of(Spec, "kind")
    noise: bool = of(Spec, "noise")
    failure: str = of(Spec, "failure")
    seed: int = of(Spec, "seed", 0, 2**63 - 1)
    run: int = of(Spec, "run", 0, 2**31 - 1)


class TraceKeys(Strict):
    """Along curves, real or synthesised ones."""

    library: str | None = Field(
        None, description="a shipped library by name, or a file of curves; a relative path starts at the recipe"
    )
    runs: list[str] | None = Field(
        None, min_length=1, description="which runs of it, by name or by pattern such as 50k-*/raw; all when left out"
    )
    synthesise: SynthesiseKeys | None = Field(None, description="instead of a library: what runs are made from")
    count: int = Field(1, ge=1, le=1000, description="how many runs are synthesised, which differ by their seeds")
    begin: float = of(TraceProgress, "begin", 1e-6, 0.999)
    days: float | None = of(TraceProgress, "days", 0.01, 1e5)

    def progress(self, base: Path) -> Progress:
        """The part of a world."""
        if (self.library is None) == (self.synthesise is None):
            raise InputError("needs either a `library` of curves or what to `synthesise`, and not both")
        unused = {"count"} if self.synthesise is None else {"runs"}
        if given := unused & self.model_fields_set:
            raise InputError(f"goes with `{'synthesise' if 'count' in given else 'library'}` only", (given.pop(),))
        curves = self._synthesised() if self.library is None else self._read(self.library, base)
        for curve in curves:
            if curve.kind != "validation":
                key = "library" if self.synthesise is None else "synthesise"
                raise InputError(
                    f"run {curve.run!r} has training losses; a world needs validation losses, the same for all", (key,)
                )
        return TraceProgress(curves, self.begin, self.days)

    def _read(self, library: str, base: Path) -> tuple[Curve, ...]:
        from experiments.curves import library as libraries  # noqa: PLC0415 - readers are slow to import, and seldom needed

        with at("library"):
            curves = libraries.read(libraries.find(library, base))
        found: dict[str, Curve] = {} if self.runs else {curve.run: curve for curve in curves}
        for i, pattern in enumerate(self.runs or ()):
            with at("runs", i):
                found |= {curve.run: curve for curve in libraries.chosen(curves, pattern)}
        return tuple(found.values())

    def _synthesised(self) -> tuple[Curve, ...]:
        from sim.traces.synth import runs  # noqa: PLC0415 - as above

        spec = Spec(**(self.synthesise.model_dump() if self.synthesise else {}))
        if spec.points * self.count > MOST_POINTS:
            raise InputError(
                f"{self.count} runs of {spec.points} points are more than {MOST_POINTS:,} points; take fewer",
                ("count",),
            )
        with at("synthesise"):
            return tuple(runs(spec, self.count))


class Way(Strict):
    """One way of making progress: one of `law`, `ideas`, `trace`, `draws` with its parameters."""

    law: LawKeys | None = Field(None, description="along a scaling law: tokens pass at the speed of the GPUs")
    ideas: IdeasKeys | None = Field(None, description="by ideas, each of which takes a share off the loss")
    trace: TraceKeys | None = Field(None, description="along real or synthesised loss curves")
    draws: DrawsKeys | None = Field(None, description="independent models without memory, which theory speaks about")
    share: float = Field(1.0, ge=0, le=1, description="share of the miners that go this way; shares sum to 1")

    def progress(self, base: Path) -> Progress:
        """The part of a world.

        Raises:
            InputError: with the key path within this mapping.
        """
        kinds = {"law": LawKeys, "ideas": IdeasKeys, "trace": TraceKeys, "draws": DrawsKeys}
        given = [kind for kind in kinds if kind in self.model_fields_set]
        if len(given) != 1:
            raise InputError(
                f"has one of {', '.join(kinds)}, such as {{law: {{parameters: 3e9}}}}, not {', '.join(given) or 'none'}"
            )
        keys: Any = getattr(self, given[0]) or kinds[given[0]]()
        with at(given[0]):
            progress: Progress = keys.progress(base)
            return progress


def _how_many(given: object) -> str:
    return "several" if isinstance(given, list) else "one"


Ways = Annotated[
    Annotated[Way, Tag("one")] | Annotated[list[Way], Tag("several"), Field(min_length=1, max_length=100)],
    Discriminator(_how_many),
]
"""One way, or a list of them with their shares."""


def ways(given: Way | list[Way], base: Path) -> tuple[tuple[Progress, float], ...]:
    """Ways of making progress with their shares.

    Args:
        given: as in the recipe.
        base: the folder that relative paths start from.

    Raises:
        InputError: with the key path within `progress`.
    """
    if isinstance(given, Way):
        return ((given.progress(base), given.share),)
    found = []
    for i, way in enumerate(given):
        with at(i):
            found.append((way.progress(base), way.share))
    return tuple(found)
