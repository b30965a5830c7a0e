"""What the page of simulated worlds says."""

from experiments.report import curves
from experiments.report.alarm import alarm
from experiments.report.looks import Lanes
from experiments.report.page import Story
from experiments.report.results import Results
from experiments.report.table import table
from experiments.report.text import count, safe
from experiments.report.world import cases, descent, deviations, differences, pay, reigns, tradeoff
from experiments.report.world import parts as shown
from experiments.report.world.answer import findings
from experiments.report.world.columns import WORLD
from experiments.report.world.method import method


def story(results: Results) -> Story:
    """The whole content."""
    lanes = shown.looks(results)
    parts = list(shown.parts(results, lanes))
    figures = [
        descent.figure(parts),
        differences.figure(results, lanes, parts),
        cases.figure(results, lanes),
        tradeoff.figure(results, lanes),
        pay.figure(results, lanes),
        deviations.figure(results, lanes),
        curves.figure(results, lanes),
        reigns.figure(parts),
    ]
    return Story(
        findings(results),
        _facts(results),
        _reading(results),
        _tables(results, lanes),
        [figure for figure in figures if figure.panels],
        method(results),
        alarm=alarm(results),
    )


def _tables(results: Results, lanes: Lanes) -> list[tuple[str, str]]:
    """One over all cases, and one of each where there are several."""
    alone = results.races if len(results.races) > 1 else ()
    return [
        ("all cases", table(results, lanes, WORLD)),
        *((case.name, table(results.alone(case.name), lanes, WORLD)) for case in alone),
    ]


def _facts(results: Results) -> list[tuple[str, str]]:
    cases, manifest = results.races, results.manifest
    scenarios = [results.scenario.get("cases", {}).get(case.name, {}) for case in cases]
    miners = dict.fromkeys(str(each.get("miners", "–")) for each in scenarios)
    populations = shown.populations(results)
    worlds = f"{results.worlds}" + (f" of {results.worlds + len(results.failures)}" if results.failures else "")
    return [
        ("cases" if len(cases) > 1 else "case", ", ".join(safe(case.name) for case in cases)),
        ("days", shown.lengths(results)),
        ("miners", " or ".join(miners)),
        ("worlds", f"{worlds} ({manifest['worlds']} per case)" if len(cases) > 1 else worlds),
        ("policies", str(len(results.lanes) // len(populations))),
        ("populations", ", ".join(map(safe, populations))),
        ("seed", str(manifest["seed"])),
        ("unit of loss", safe(str(manifest["unit"]))),
        ("mechanism", ", ".join(dict.fromkeys(safe(lane.semantics) for lane in results.lanes))),
    ]


def _reading(results: Results) -> str:
    interval = "± and “to” are 95 % intervals over worlds"
    if results.worlds and all(case.finished <= 1 for case in results.races):
        interval = "one world gives no intervals"
    over = f"{count(len(results.races), 'case')} and " if len(results.races) > 1 else ""
    apart = (
        " A lane is a policy in a population, and its difference is to the baseline's policy in the same population."
        if len(shown.populations(results)) > 1
        else ""
    )
    return (
        f"Means over {over}{count(results.worlds, 'world')} (n); {interval}.{apart} "
        "Click a heading to sort, point at it for its meaning; ↑ higher is better, ↓ lower is better, the "
        "best of a column is tinted, grey differences are not told apart from the baseline. "
        "“100 · ln” is the logarithm of a ratio of losses, times 100: small values are percent of the loss, like ε; "
        "“M GPU h” are a million hours of one GPU."
    )
