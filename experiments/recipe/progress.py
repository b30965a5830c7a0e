"""`scenario.progress`: how training makes models better, from its YAML form to the parts of a world."""

from pathlib import Path
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from experiments.recipe.faults import Strict, check_name, descend
from policies import InputError
from sim.miners.progress.course import Progress
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import Begin, Days, TraceProgress
from sim.traces.curve import Curve
from sim.traces.laws.published import law
from sim.traces.synth import Spec as Run
from sim.traces.synth import runs

MOST_POINTS = 10_000_000
"""Points of all synthesised curves of a recipe together; they are held in memory."""


class TraceKeys(Strict):
    """Along curves, real or synthesised ones."""

    library: str | None = Field(
        None, description="a shipped library by name, or a file of curves; a relative path starts at the recipe"
    )
    runs: list[str] | None = Field(
        None, min_length=1, description="which runs of it, by name or by pattern such as 50k-*/raw; all when left out"
    )
    synthesise: Run | None = Field(None, description="instead of a library: what runs are made from")
    count: int = Field(1, ge=1, le=1000, description="how many runs are synthesised, which differ by their seeds")
    begin: Begin = TraceProgress.begin
    days: Days = TraceProgress.days

    def build(self, base: Path) -> Progress:
        """The way of making progress; relative paths start from `base`."""
        if (self.library is None) == (self.synthesise is None):
            raise InputError("needs either a `library` of curves or what to `synthesise`, and not both")
        key, stray = ("library", "count") if self.synthesise is None else ("synthesise", "runs")
        if stray in self.model_fields_set:
            raise InputError(f"goes with `{'synthesise' if stray == 'count' else 'library'}` only", (stray,))
        curves = self._read(base) if self.synthesise is None else self._synthesise(self.synthesise)
        for curve in curves:
            if curve.kind != "validation":
                raise InputError(
                    f"run {curve.run!r} has training losses; a world needs validation losses, the same for all", (key,)
                )
        return TraceProgress(curves, self.begin, self.days)

    def _read(self, base: Path) -> tuple[Curve, ...]:
        from experiments.curves import library as libraries  # noqa: PLC0415 - readers are slow to import

        with descend("library"):
            curves = libraries.read(libraries.find(self.library or "", base))
        found: dict[str, Curve] = {} if self.runs else {curve.run: curve for curve in curves}
        for i, pattern in enumerate(self.runs or ()):
            with descend("runs", i):
                found |= {curve.run: curve for curve in libraries.chosen(curves, pattern)}
        return tuple(found.values())

    def _synthesise(self, spec: Run) -> tuple[Curve, ...]:
        if spec.points < 2:
            raise InputError(f"is {spec.points}, but a curve of a world has 2 points or more", ("synthesise", "points"))
        if spec.points * self.count > MOST_POINTS:
            what = f"{self.count} runs of {spec.points} points are more than {MOST_POINTS:,} points; take fewer"
            raise InputError(what, ("count",))
        with descend("synthesise"):
            return tuple(runs(spec, self.count))


class WayKeys(Strict):
    """A way of making progress: one of `law`, `ideas`, `trace`, `draws` with its parameters."""

    law: LawProgress | None = Field(None, description="along a scaling law: tokens pass at the speed of the GPUs")
    ideas: IdeasProgress | None = Field(None, description="by ideas, each of which takes a share off the loss")
    trace: TraceKeys | None = Field(None, description="along real or synthesised loss curves")
    draws: DrawsProgress | None = Field(
        None, description="independent models without memory, which theory speaks about"
    )

    def build(self, base: Path) -> Progress:
        """The way of making progress; relative paths start from `base`.

        Raises:
            InputError: with the key path within this mapping.
        """
        kinds = {"law": LawProgress, "ideas": IdeasProgress, "trace": TraceKeys, "draws": DrawsProgress}
        given = [kind for kind in kinds if kind in self.model_fields_set]
        if len(given) != 1:
            raise InputError(
                f"has one of {', '.join(kinds)}, such as {{law: {{parameters: 3e9}}}}, not {', '.join(given) or 'none'}"
            )
        way: Progress | TraceKeys = getattr(self, given[0]) or kinds[given[0]]()
        with descend(given[0]):
            if isinstance(way, TraceKeys):
                return way.build(base)
            if isinstance(way, LawProgress):
                try:
                    law(way.law)
                except InputError as error:  # there the key is called otherwise
                    raise InputError(str(error), ("law",)) from None
        return way


class Way(WayKeys):
    """One way of making progress, and how many miners go it."""

    share: float = Field(1.0, ge=0, le=1, description="share of the miners that go this way; shares sum to 1")


class MenuCourse(WayKeys):
    """One course of a menu."""

    name: str = Field(description="what tables call the course")


def build_menu(given: list[MenuCourse], base: Path) -> tuple[tuple[str, Progress], ...]:
    """The courses of a menu by name; arguments and errors as of `build_progress`."""
    found: dict[str, Progress] = {}
    for i, course in enumerate(given):
        with descend(i):
            check_name(course.name, "course")
            if course.name in found:
                raise InputError(f"there is a course {course.name!r} already; give each a name of its own", ("name",))
            found[course.name] = course.build(base)
    return tuple(found.items())


Ways = Annotated[
    Annotated[Way, Tag("one")] | Annotated[list[Way], Tag("several"), Field(min_length=1, max_length=100)],
    Discriminator(lambda given: "several" if isinstance(given, list) else "one"),
]
"""One way, or a list of them with their shares."""


def build_progress(given: Way | list[Way], base: Path) -> tuple[tuple[Progress, float], ...]:
    """Ways of making progress with their shares.

    Args:
        given: as in the recipe.
        base: the folder that relative paths start from.

    Raises:
        InputError: with the key path within `progress`.
    """
    if isinstance(given, Way):
        return ((given.build(base), given.share),)
    found = []
    for i, way in enumerate(given):
        with descend(i):
            found.append((way.build(base), way.share))
    return tuple(found)
