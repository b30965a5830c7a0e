"""Which column of a table means what."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from sim.traces import names
from sim.traces.names import Loss, loss_of, plain, time_of

MEANINGS = {"step": names.STEPS, "tokens": names.TOKENS, "samples": names.SAMPLES, "run": names.RUNS}


@dataclass(frozen=True)
class Layout:
    """Places of the columns that mean something, by meaning; losses with what their names say.

    `validations` holds one column per evaluation set, the best where a set has several.
    """

    header: tuple[str, ...]
    places: dict[str, int]
    validations: tuple[tuple[int, Loss], ...] = ()
    train: tuple[int, Loss] | None = None
    time_unit: float = nan

    @property
    def complete(self) -> bool:
        """Whether there is a loss, and something to set it against."""
        return bool(self.losses) and bool(self.places.keys() & {"step", "tokens", "samples"})

    @property
    def losses(self) -> list[int]:
        """Places of the losses that are read."""
        return [place for place, _ in (*self.validations, *([self.train] if self.train else []))]

    @property
    def wanted(self) -> list[int]:
        """Places of all columns that are read."""
        return [*self.places.values(), *self.losses]


def layout(header: Sequence[str]) -> Layout:
    """What the columns of a table mean."""
    places = {meaning: place for meaning, known in MEANINGS.items() if (place := _first(header, known)) is not None}
    clocks = [(found, place) for place, name in enumerate(header) if (found := time_of(name))]
    if clocks:
        (_, unit), places["seconds"] = min(clocks, key=lambda clock: (clock[0][0], clock[1]))
    losses = [(place, loss) for place, name in enumerate(header) if (loss := loss_of(name))]
    if not losses and sorted(map(plain, header)) == ["step", "value", "wall time"]:  # TensorBoard's download
        losses = [(_first(header, ("value",)) or 0, Loss("", "nats"))]
    best: dict[tuple[bool, str], tuple[int, Loss]] = {}
    for place, loss in sorted(losses, key=lambda found: found[1].rank):
        best.setdefault((loss.kind == "validation", loss.group), (place, loss))
    validations = tuple(sorted(found for (validation, _), found in best.items() if validation))
    return Layout(tuple(header), places, validations, best.get((False, "")), unit if clocks else nan)


def _first(header: Sequence[str], known: Sequence[str]) -> int | None:
    """The column with the best of the known names."""
    named = {("_step" if name.strip() == "_step" else plain(name)): place for place, name in enumerate(header)}
    return next((named[name] for name in known if name in named), None)
