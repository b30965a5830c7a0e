"""The page: one HTML file with style, script, plotly.js and all figures inside."""

from dataclasses import dataclass
from pathlib import Path

from experiments.report.figure import Figure, Panel
from experiments.report.text import safe

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may load: nothing."""


@dataclass(frozen=True)
class Story:
    """What a page says; all texts are HTML.

    Attributes:
        findings: sentences; the first is set apart.
        facts: name and value, below them.
        reading: how to read the table.
        tables: with their names, one is shown at a time.
        figures: in their order.
        method: how it was computed.
        heading: over the tables.
        alarm: what failed, on top of everything; may be empty.
    """

    findings: list[str]
    facts: list[tuple[str, str]]
    reading: str
    tables: list[tuple[str, str]]
    figures: list[Figure]
    method: str
    heading: str = "Lanes compared"
    alarm: str = ""


def page(name: str, question: str, story: Story, marks: str = "") -> str:
    """The whole file.

    Args:
        name: of the run or the study.
        question: that it is to answer; may be empty.
        story: what the page says.
        marks: more for the head of the file.
    """
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - slow to import

    title = safe(name)
    body = [
        _head(title, question, story),
        story.alarm,
        _nav(story),
        _lanes(story),
        *map(_figure, story.figures),
        f'<section id="method"><h2>How it was computed</h2>{story.method}</section>',
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"{marks}<title>{title}</title>",
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


def _head(title: str, question: str, story: Story) -> str:
    asked = f'<p class="question">{safe(question)}</p>' if question else ""
    first, *more = story.findings
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in story.facts)
    return (
        f"<header><h1>{title}</h1>{asked}"
        f'<div class="findings"><p>{first}</p><p>{" ".join(more)}</p></div><dl class="facts">{facts}</dl></header>'
    )


def _nav(story: Story) -> str:
    figures = ((figure.key, figure.title) for figure in story.figures)
    links = [("table", story.heading), *figures, ("method", "How it was computed")]
    anchors = "".join(f'<a href="#{key}">{title}</a>' for key, title in links)
    return f"<nav>{anchors}</nav>"


def _lanes(story: Story) -> str:
    names = {f"table-{i}": name for i, (name, _) in enumerate(story.tables)}
    panels = "".join(
        f'<div class="panel" id="table-{i}"{" hidden" if i else ""}>{html}</div>'
        for i, (_, html) in enumerate(story.tables)
    )
    return (
        f'<section id="table"><h2>{story.heading}</h2><p class="reading">{story.reading}</p>'
        f"{_tabs(names)}{panels}</section>"
    )


def _figure(figure: Figure) -> str:
    names = {f"{figure.key}-{i}": panel.name for i, panel in enumerate(figure.panels)}
    panels = "".join(_panel(f"{figure.key}-{i}", panel, i > 0) for i, panel in enumerate(figure.panels))
    return (
        f'<section id="{figure.key}" class="figure"><h2>{figure.title}</h2><p class="reading">{figure.reading}</p>'
        f"{_tabs(names)}{panels}</section>"
    )


def _tabs(names: dict[str, str]) -> str:
    """Buttons for panels, by the panels' ids; none for a single one."""
    if len(names) < 2:
        return ""
    tabs = "".join(
        f'<button role="tab" aria-selected="{str(not i).lower()}" aria-controls="{key}">{safe(name)}</button>'
        for i, (key, name) in enumerate(names.items())
    )
    return f'<div class="tabs" role="tablist">{tabs}</div>'


def _panel(key: str, panel: Panel, hidden: bool) -> str:
    note = f'<p class="note">{panel.note}</p>' if panel.note else ""
    return (
        f'<div class="panel" id="{key}"{" hidden" if hidden else ""}>'
        f'<div class="plot" id="{key}-plot" style="height:{panel.height}px"></div>{note}'
        f'<script type="application/json">{panel.json()}</script></div>'
    )
