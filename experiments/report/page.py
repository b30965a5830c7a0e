"""The page: one HTML file with style, script, plotly.js and all figures inside."""

from pathlib import Path

from experiments.report.figure import Figure, Panel
from experiments.report.looks import Lanes
from experiments.report.method import method
from experiments.report.results import Results
from experiments.report.table import table
from experiments.report.text import number, safe
from experiments.report.words import findings

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may load: nothing."""


def page(results: Results, lanes: Lanes, figures: list[Figure]) -> str:
    """The whole file."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - slow to import

    title = safe(results.name)
    body = [
        _head(results),
        _failures(results),
        _nav(figures),
        _lanes(results, lanes),
        *map(_figure, figures),
        f'<section id="method"><h2>How it was computed</h2>{method(results)}</section>',
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>\n{_beside('style.css')}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            "</main>",
            f"<script>{get_plotlyjs()}</script>",
            f"<script>\n{_beside('script.js')}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _head(results: Results) -> str:
    question = results.manifest.get("question", "")
    asked = f'<p class="question">{safe(question)}</p>' if question else ""
    first, *more = findings(results)
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _facts(results))
    return (
        f"<header><h1>{safe(results.name)}</h1>{asked}"
        f'<div class="findings"><p>{first}</p><p>{" ".join(more)}</p></div><dl class="facts">{facts}</dl></header>'
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


def _failures(results: Results) -> str:
    if not results.failures:
        return ""
    first, total = results.failures[0], len(results.failures) + results.worlds
    names = ", ".join(f"{safe(f.race)} world {f.world}" for f in results.failures[:12])
    more = f" and {len(results.failures) - 12} more" if len(results.failures) > 12 else ""
    bad = len(results.failures)
    return (
        f'<aside class="failed" role="alert"><p><strong>{bad} of {total} worlds failed</strong> and are missing '
        f"from all numbers below: {names}{more}.</p><details><summary>The first error ({safe(first.race)}, world "
        f"{first.world})</summary><pre>{safe(first.error)}</pre></details></aside>"
    )


def _nav(figures: list[Figure]) -> str:
    links = [("table", "Lanes compared"), *((f.key, f.title) for f in figures), ("method", "How it was computed")]
    anchors = "".join(f'<a href="#{key}">{title}</a>' for key, title in links)
    return f"<nav>{anchors}</nav>"


def _lanes(results: Results, lanes: Lanes) -> str:
    interval = "± and “to” are 95 % intervals over noise seeds"
    if results.worlds and all(race.finished <= 1 for race in results.races):
        interval = "one world per race, so there are no intervals"
    return (
        '<section id="table"><h2>Lanes compared</h2><p class="reading">'
        f"Means over {_count(len(results.races), 'race')} and {_count(results.worlds, 'world')} (n); {interval}. "
        "Click a heading to sort, point at it for its meaning; ↑ higher is better, ↓ lower is better, the "
        "best of a column is tinted, grey differences are not told apart from the baseline. "
        "“100 · ln” is the logarithm of a ratio of losses, times 100: small values are percent of the loss, like "
        f"ε.</p>{table(results, lanes)}</section>"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _figure(figure: Figure) -> str:
    names = [panel.name for panel in figure.panels]
    tabs = "".join(
        f'<button role="tab" aria-selected="{str(not i).lower()}" aria-controls="{figure.key}-{i}">'
        f"{safe(name)}</button>"
        for i, name in enumerate(names)
    )
    bar = f'<div class="tabs" role="tablist">{tabs}</div>' if len(names) > 1 else ""
    panels = "".join(_panel(f"{figure.key}-{i}", panel, i > 0) for i, panel in enumerate(figure.panels))
    return (
        f'<section id="{figure.key}" class="figure"><h2>{figure.title}</h2><p class="reading">{figure.reading}</p>'
        f"{bar}{panels}</section>"
    )


def _panel(key: str, panel: Panel, hidden: bool) -> str:
    note = f'<p class="note">{panel.note}</p>' if panel.note else ""
    return (
        f'<div class="panel" id="{key}"{" hidden" if hidden else ""}>'
        f'<div class="plot" id="{key}-plot" style="height:{panel.height}px"></div>{note}'
        f'<script type="application/json">{panel.json()}</script></div>'
    )
