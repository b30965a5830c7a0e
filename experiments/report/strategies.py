"""Strategies in figures: their order, their colours, and whether they are honest."""

from dataclasses import dataclass

from experiments.report.results import Results
from experiments.report.text import label
from sim.miners.strategies import find

HONEST = ("#0072b2", "#56b4e9", "#009e73", "#7fcdbb", "#3f51b5", "#a6bddb")
OTHERS = ("#d55e00", "#e69f00", "#aa3377", "#f0b0a0", "#882255", "#c9a227", "#e377c2", "#8c564b")
"""Cool colours for strategies that try to make the loss fall, warm ones for those that do not."""


@dataclass(frozen=True)
class Kind:
    """A strategy."""

    name: str
    about: str
    honest: bool
    colour: str

    @property
    def label(self) -> str:
        """For a legend."""
        return label(self.name) + ("" if self.honest else " ✗")


def kinds(results: Results) -> list[Kind]:
    """All strategies of a run, the honest ones first."""
    bodies = results.populations.values()
    specs = [part["strategy"] for body in bodies for part in body.get("mix", []) if part["share"] > 0]
    specs += [spec for body in bodies for spec in body.get("deviants", [])]
    names = dict.fromkeys(next(iter(spec)) for spec in specs)
    honest = [name for name in names if find(name).honest]
    others = [name for name in names if name not in honest]
    return [
        Kind(name, find(name).about, group is honest, colours[i % len(colours)])
        for group, colours in ((honest, HONEST), (others, OTHERS))
        for i, name in enumerate(group)
    ]
