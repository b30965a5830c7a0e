"""The page: one HTML file with style, script, plotly.js and all figures inside, from the templates beside this file."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from experiments.report.figure import Figure
from experiments.report.text import count, percent, plain, verdict, visible

TEMPLATES = Path(__file__).with_name("templates")
PLOTLY = "<!-- plotly.js -->"
"""Where the library goes; it is put in last, because it is not to be searched for odd characters."""


@dataclass(frozen=True)
class Head:
    """The heading of a column: what it shows and in what unit, a text to point at, and which direction is better."""

    title: str
    unit: str
    about: str
    arrow: str = ""


@dataclass(frozen=True)
class Cell:
    """A number in a table.

    Attributes:
        value: what the column is sorted by; empty if there is no value, which is always last.
        shown, small: the number as people read it, and what is below it.
        kind: classes of the style sheet.
        title: what is read when pointing at it.
    """

    value: str
    shown: str
    small: str | None = None
    kind: str = ""
    title: str = ""


@dataclass(frozen=True)
class Row:
    """A lane or a candidate: its name with a note behind it and a detail below it, its dot's colour, its numbers."""

    name: str
    note: str
    sort: str
    title: str
    colour: str | None
    cells: list[Cell]
    detail: str = ""
    baseline: bool = False


@dataclass(frozen=True)
class Table:
    """A sortable table; `first` is the heading of the names."""

    name: str
    first: str
    heads: list[Head]
    rows: list[Row]


@dataclass(frozen=True)
class Alarm:
    """What failed, as `3 of 8 worlds`, what that means for the page, where the first error was, and what it said."""

    failed: str
    effect: str
    first: str
    error: str


@dataclass(frozen=True)
class Story:
    """What a page says. Texts are escaped where they are no `Markup`.

    Attributes:
        answer: the template of the sentences at the top, and the values that it needs.
        facts: name and value, below them.
        reading: how to read the table.
        tables: one is shown at a time.
        figures: in their order; those without panels are left out.
        method: the template that tells how it was computed, and the values that it needs.
        heading: over the tables.
        alarm: what failed; None if nothing did.
        left_out: what captions say where not all lanes are drawn.
    """

    answer: tuple[str, dict[str, Any]]
    facts: list[tuple[str, str]]
    reading: str
    tables: list[Table]
    figures: list[Figure]
    method: tuple[str, dict[str, Any]]
    heading: str = "Lanes compared"
    alarm: Alarm | None = None
    left_out: str = ""


def page(name: str, question: str, story: Story, origin: str = "") -> str:
    """The whole file.

    Args:
        name: of the run or the study.
        question: that it is to answer; may be empty.
        story: what the page says.
        origin: what it was made from, see `experiments.report.origin`; may be empty.
    """
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - slow to import

    figures = [figure for figure in story.figures if figure.panels]
    made = _templates().get_template("page.html")
    source = made.render(
        name=name,
        question=question,
        story=story,
        figures=figures,
        origin=origin,
        left_out=story.left_out,
        answer=rendered(*story.answer),
        method=rendered(*story.method),
        plotly=PLOTLY,
    )
    before, after = visible(source).split(PLOTLY)
    return f"{before}<script>{get_plotlyjs()}</script>{after}"


def rendered(template: str, values: dict[str, Any]) -> Markup:
    """A part of the page from its template."""
    return Markup(_templates().get_template(template).render(values))  # noqa: S704 - templates escape


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"percent": percent, "plain": plain, "count": count}
    templates.globals |= {"verdict": verdict}
    return templates
