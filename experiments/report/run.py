"""What the page of a run says: of replayed races, or of simulated worlds."""

from pathlib import Path

from experiments.files import sweep, write
from experiments.report import answer, differences, epsilon, losses, method, pay, reigns
from experiments.report.looks import choose
from experiments.report.origin import origin
from experiments.report.page import Alarm, Story, page
from experiments.report.results import Results, parts, read
from experiments.report.table import RACE, WORLD, table
from experiments.report.text import count, number, some
from experiments.results.store import Store

TABLE_HELP = (
    "Click a heading to sort, point at it for its meaning, or read the definitions at the end; ↑ higher is better, "
    "↓ lower is better, the best of a column is tinted, grey differences are not told apart from the baseline. "
    "“100 · ln” is the logarithm of a ratio of losses, times 100: small values are percent of the loss, like ε"
)
LANE = (
    "A lane is a policy that sees the same submissions and the same noise as all others; "
    "its king is the model that it pays most."
)


def write_page(store: Store) -> Path:
    """Write the page of a run, see `experiments.report.build`."""
    results = read(store)
    story = of_race(results) if results.world is None else of_world(results)
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(results.name, results.manifest["question"], story, origin(store.folder)))
    return path


def of_race(results: Results) -> Story:
    """The whole content of the page of replayed races."""
    lanes = choose(results)
    each = list(parts(results, lanes))
    races = results.races
    interval = "± and “to” are 95 % intervals over noise seeds"
    if _single(results):
        interval = "one world per race, so there are no intervals"
    return Story(
        answer.of_race(results),
        [
            ("races", ", ".join(race.name for race in races)),
            ("submissions", " + ".join(str(len(race.miner)) for race in races)),
            ("days", " + ".join(number(race.days, 0 if race.days >= 10 else 1) for race in races)),
            ("worlds", f"{_worlds(results)} ({results.manifest['worlds']} per race)"),
            ("lanes", str(len(results.lanes))),
            *_origin(results),
        ],
        f"Means over {count(len(races), 'race')} and {count(results.worlds, 'world')} (n); {interval}. {LANE} "
        f"{TABLE_HELP}.",
        [table("all races", results, lanes, RACE)],
        [
            losses.of_race(each),
            differences.forest(results, lanes, each),
            epsilon.figure(lanes),
            reigns.of_race(each),
            pay.of_race(results, lanes),
        ],
        method.of_race(results),
        alarm=_alarm(results),
        left_out=lanes.left_out,
    )


def of_world(results: Results) -> Story:
    """The whole content of the page of simulated worlds."""
    lanes = choose(results)
    each = list(parts(results, lanes))
    return Story(
        answer.of_world(results),
        _world_facts(results),
        _world_reading(results),
        [
            table("all cases", results, lanes, WORLD),
            *(
                table(case.name, results.of_race(case.name), lanes, WORLD)
                for case in (results.races if len(results.races) > 1 else ())
            ),
        ],
        [
            losses.of_world(each),
            differences.forest(results, lanes, each),
            differences.cases(results, lanes),
            differences.tradeoff(results, lanes),
            pay.of_world(results, lanes),
            differences.deviations(results, lanes),
            epsilon.figure(lanes),
            reigns.of_world(each),
        ],
        method.of_world(results),
        alarm=_alarm(results),
        left_out=lanes.left_out,
    )


def _world_facts(results: Results) -> list[tuple[str, str]]:
    cases, populations = results.races, results.all_populations
    miners = dict.fromkeys(str(results.case(case.name).get("miners", "–")) for case in cases)
    per_case = f" ({results.manifest['worlds']} per case)" if len(cases) > 1 else ""
    return [
        ("cases" if len(cases) > 1 else "case", ", ".join(case.name for case in cases)),
        ("days", answer.days(results)),
        ("miners", " or ".join(miners)),
        ("worlds", f"{_worlds(results)}{per_case}"),
        ("policies", str(len(results.lanes) // len(populations))),
        ("populations", ", ".join(populations)),
        *_origin(results),
    ]


def _world_reading(results: Results) -> str:
    interval = "one world gives no intervals" if _single(results) else "± and “to” are 95 % intervals over worlds"
    over = f"{count(len(results.races), 'case')} and " if len(results.races) > 1 else ""
    apart = (
        " A lane is a policy in a population, and its difference is to the baseline's policy in the same population."
        if len(results.all_populations) > 1
        else ""
    )
    return (
        f"Means over {over}{count(results.worlds, 'world')} (n); {interval}.{apart} {TABLE_HELP}; “M GPU h” are a "
        "million hours of one GPU."
    )


def _single(results: Results) -> bool:
    """Whether no race or case has more than one world."""
    return results.worlds > 0 and all(race.finished <= 1 for race in results.races)


def _worlds(results: Results) -> str:
    failed = len(results.failures)
    return f"{results.worlds}" + (f" of {results.worlds + failed}" if failed else "")


def _origin(results: Results) -> list[tuple[str, str]]:
    return [
        ("seed", str(results.manifest["seed"])),
        ("unit of loss", results.manifest["unit"]),
        ("mechanism", ", ".join(dict.fromkeys(lane.semantics for lane in results.lanes))),
    ]


def _alarm(results: Results) -> Alarm | None:
    """Worlds that failed, and what the first of them said."""
    failures = results.failures
    if not failures:
        return None
    names = some([f"{f.race} world {f.world}" for f in failures])
    return Alarm(
        f"{len(failures)} of {len(failures) + results.worlds} worlds",
        f"are missing from all numbers below: {names}.",
        f"{failures[0].race}, world {failures[0].world}",
        failures[0].error,
    )
