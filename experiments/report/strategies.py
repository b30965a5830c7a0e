"""Strategies in figures: their order and their colours."""

from dataclasses import dataclass
from typing import Any

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


def strategy_names(populations: dict[str, Any]) -> list[str]:
    """The strategies that any miner of a run follows, from the populations of the resolved spec."""
    bodies = populations.values()
    specs = [part["strategy"] for body in bodies for part in body.get("mix", []) if part["share"] > 0]
    specs += [spec for body in bodies for spec in body.get("deviants", [])]
    return list(dict.fromkeys(next(iter(spec)) for spec in specs))


def kinds(populations: dict[str, Any]) -> list[Kind]:
    """All strategies of a run, the honest ones first."""
    made = []
    for honest, colours in ((True, HONEST), (False, OTHERS)):
        names = [name for name in strategy_names(populations) if find(name).honest == honest]
        made += [Kind(name, find(name).about, honest, colours[i % len(colours)]) for i, name in enumerate(names)]
    return made
