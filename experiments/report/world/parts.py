"""Populations and cases: the parts of a run of worlds that figures show one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from experiments.compare import counterparts
from experiments.report.looks import Lanes, choose
from experiments.report.results import RaceFacts, Results


@dataclass(frozen=True)
class Part:
    """One population in one case.

    Attributes:
        name: what the button says that chooses it.
        case: which case.
        results: of its lanes and worlds.
        lanes: their looks.
    """

    name: str
    case: RaceFacts
    results: Results
    lanes: Lanes


def populations(results: Results) -> list[str]:
    """All populations, in the order of the lanes."""
    return list(dict.fromkeys(lane.population for lane in results.lanes))


def deviations(results: Results) -> list[str]:
    """Populations that single deviants were put into; where there is no other, they are the crowds."""
    found = [name for name in populations(results) if results.populations.get(name, {}).get("deviants")]
    return found if len(found) < len(populations(results)) else []


def crowds(results: Results) -> list[str]:
    """Populations that figures show: one deviant changes too little to be seen, and has a figure of its own."""
    apart = deviations(results)
    return [name for name in populations(results) if name not in apart]


def within(results: Results, population: str) -> Results:
    """The results of one population; its baseline is the one that its lanes are compared with."""
    rows = [i for i, lane in enumerate(results.lanes) if lane.population == population]
    base = counterparts(results.lanes, results.manifest["baseline"])[rows[0]]
    return replace(
        results,
        lanes=tuple(results.lanes[i] for i in rows),
        values={metric: numbers[rows] for metric, numbers in results.values.items()},
        manifest={**results.manifest, "baseline": results.lanes[base].lane},
    )


def lengths(results: Results) -> str:
    """The days that the cases last."""
    return " or ".join(dict.fromkeys(f"{case.days:.4g}" for case in results.races))


def looks(results: Results) -> Lanes:
    """How policies look in all figures."""
    return choose(*(within(results, name) for name in crowds(results)))


def parts(results: Results, lanes: Lanes) -> Iterator[Part]:
    """Every crowd in every case; the names say no more than tells them apart."""
    names, several = crowds(results), len(results.races) > 1
    for population in names:
        for case in results.races:
            here = within(results, population)
            here = here.alone(case.name) if several else here
            told = [case.name] * several + [population] * (len(names) > 1 or not several)
            yield Part(" | ".join(told), case, here, lanes.among(here))
