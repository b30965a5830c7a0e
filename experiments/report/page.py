"""The page: one HTML file with style, script, plotly.js and all figures inside, from the templates beside this file."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from experiments.report.figure import Figure
from experiments.report.table import Table
from experiments.report.text import count, digits, format_estimate, leaf, number, percent, verdict, visible

TEMPLATES = Path(__file__).with_name("templates")
PLOTLY = "<!-- plotly.js -->"
"""Where plotly.js goes. It is put in last, because 4 MB need not be searched for invisible characters."""


def page(
    template: str, name: str, question: str, tables: list[Table], figures: Sequence[Figure], values: dict[str, Any]
) -> str:
    """The whole file.

    Args:
        template: one of those that extend `page.html`: what it says around tables and figures.
        name: of the run or the study.
        question: that it is to answer; may be empty.
        tables: one is shown at a time.
        figures: in the order of the page; those without panels are left out.
        values: what the template needs. `origin` is the hash of what the page was made from, and `drawn` are the lanes
            that figures draw; both may be left out.
    """
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - slow to import

    page_values = {
        "name": name,
        "question": question,
        "tables": tables,
        "figures": [figure for figure in figures if figure.panels],
        "plotly": PLOTLY,
        "origin": "",
        "drawn": None,
    }
    before, after = visible(templates().get_template(template).render({**page_values, **values})).split(PLOTLY)
    return f"{before}<script>{get_plotlyjs()}</script>{after}"


@cache
def templates() -> jinja2.Environment:
    """The templates, which escape all values, with the filters that write numbers."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (count, digits, format_estimate, leaf, number, percent):
        made.filters[function.__name__] = function
    made.globals["verdict"] = verdict
    return made
