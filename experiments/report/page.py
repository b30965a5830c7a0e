"""The page: one HTML file with style, script, plotly.js and all figures inside, from the templates beside this file."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from experiments.report.figure import Figure
from experiments.report.text import visible

TEMPLATES = Path(__file__).with_name("templates")
PLOTLY = "<!-- plotly.js -->"
"""Where the library goes; it is put in last, because it is not to be searched for odd characters."""


@dataclass(frozen=True)
class Head:
    """The heading of a column.

    Attributes:
        title, unit: what it shows, and in what.
        about: what is read when pointing at it.
        arrow: which direction is better, as an arrow; may be empty.
    """

    title: str
    unit: str
    about: str
    arrow: str = ""


@dataclass(frozen=True)
class Cell:
    """A number in a table.

    Attributes:
        value: what the column is sorted by, as text; empty if there is no value, which is always last.
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
    """A lane or a candidate.

    Attributes:
        name, note: what it is called, and a remark behind it.
        sort: what its name is sorted by.
        title: what is read when pointing at it.
        colour: of its dot; None for no dot.
        detail: a line below the name.
        baseline: whether it is the baseline.
        cells: its numbers.
    """

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
    """A sortable table.

    Attributes:
        name: what the button says that chooses it.
        first: the heading of the names.
        heads: of the other columns.
        rows: of which there may be none.
    """

    name: str
    first: str
    heads: list[Head]
    rows: list[Row]


@dataclass(frozen=True)
class Alarm:
    """What failed, on top of everything.

    Attributes:
        failed: how many of how many, set apart.
        effect: what that means for the page.
        first: where the first error was.
        error: what it said.
    """

    failed: str
    effect: str
    first: str
    error: str


@dataclass(frozen=True)
class Story:
    """What a page says. Texts are escaped where they are no `Markup`.

    Attributes:
        findings: sentences; the first is set apart.
        facts: name and value, below them.
        reading: how to read the table.
        tables: one is shown at a time.
        figures: in their order; those without panels are left out.
        method: the template that tells how it was computed, and the values that it needs.
        heading: over the tables.
        alarm: what failed; None if nothing did.
    """

    findings: list[str]
    facts: list[tuple[str, str]]
    reading: str
    tables: list[Table]
    figures: list[Figure]
    method: tuple[str, dict[str, Any]]
    heading: str = "Lanes compared"
    alarm: Alarm | None = field(default=None)


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
    method, values = story.method
    made = _templates().get_template("page.html")
    told = {"name": name, "question": question, "story": story, "figures": figures, "origin": origin}
    source = made.render(**told, method=method, plotly=PLOTLY, **values)
    before, after = visible(source).split(PLOTLY)
    return f"{before}<script>{get_plotlyjs()}</script>{after}"


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
