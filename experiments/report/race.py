"""What the page of replayed races says."""

from experiments.report import curves, emission, forest, gantt, kings
from experiments.report.alarm import alarm
from experiments.report.looks import choose
from experiments.report.method import method
from experiments.report.page import Story
from experiments.report.results import Results
from experiments.report.table import RACE, table
from experiments.report.text import count, number, safe
from experiments.report.words import findings

FIGURES = (kings.figure, forest.figure, curves.figure, gantt.figure, emission.figure)
"""In the order of the page; each makes a figure from the results and the looks of the lanes."""


def story(results: Results) -> Story:
    """The whole content."""
    lanes = choose(results)
    return Story(
        findings(results),
        _facts(results),
        _reading(results),
        [("all races", table(results, lanes, RACE))],
        [make(results, lanes) for make in FIGURES],
        method(results),
        alarm=alarm(results),
    )


def _facts(results: Results) -> list[tuple[str, str]]:
    races, manifest = results.races, results.manifest
    days = [number(race.days, 0 if race.days >= 10 else 1) for race in races]
    semantics = ", ".join(dict.fromkeys(safe(lane.semantics) for lane in results.lanes))
    worlds = f"{results.worlds}" + (f" of {results.worlds + len(results.failures)}" if results.failures else "")
    return [
        ("races", ", ".join(safe(race.name) for race in races)),
        ("submissions", " + ".join(str(len(race.miner)) for race in races)),
        ("days", " + ".join(days)),
        ("worlds", f"{worlds} ({manifest['worlds']} per race)"),
        ("lanes", str(len(results.lanes))),
        ("seed", str(manifest["seed"])),
        ("unit of loss", safe(str(manifest["unit"]))),
        ("mechanism", semantics),
    ]


def _reading(results: Results) -> str:
    interval = "± and “to” are 95 % intervals over noise seeds"
    if results.worlds and all(race.finished <= 1 for race in results.races):
        interval = "one world per race, so there are no intervals"
    return (
        f"Means over {count(len(results.races), 'race')} and {count(results.worlds, 'world')} (n); {interval}. "
        "Click a heading to sort, point at it for its meaning; ↑ higher is better, ↓ lower is better, the "
        "best of a column is tinted, grey differences are not told apart from the baseline. "
        "“100 · ln” is the logarithm of a ratio of losses, times 100: small values are percent of the loss, like "
        "ε."
    )
