"""A report as a browser would see it."""

import base64
import json
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
import race_results
import world_results

from experiments.report import build


class Page(HTMLParser):
    """What a browser would see, plotly.js left out.

    Attributes:
        tags: every element with its attributes.
        figures: the JSON of every picture.
        text: everything that is no script and no style.
    """

    def __init__(self, source):
        super().__init__()
        self.tags, self.figures, self.text, self._inside = [], [], "", ""
        self.feed(without_plotly(source))

    def handle_starttag(self, tag, attrs):
        """Keep the element."""
        self.tags.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("type", "code") if tag == "script" else tag

    def handle_endtag(self, tag):
        """Elements of interest do not nest."""
        self._inside = ""

    def handle_data(self, data):
        """Keep what is a picture or can be read."""
        if self._inside == "application/json":
            self.figures.append(json.loads(data, parse_constant=pytest.fail))
        elif self._inside not in ("code", "style"):
            self.text += data

    def rows(self):
        """Lane names of the table, in its order."""
        heads = [a["title"] for tag, a in self.tags if tag == "th" and a.get("scope") == "row" and "title" in a]
        return [unescape(title).split(": {")[0] for title in heads]

    def sections(self):
        """The ids of the page's parts."""
        return [a["id"] for tag, a in self.tags if tag == "section"]

    def names(self):
        """Names of all lines in all pictures."""
        return [trace.get("name", "") for figure in self.figures for trace in figure["data"]]


def read_page(store):
    """The page of the results in a folder."""
    return Page(build(store).read_text(encoding="utf-8"))


def race_page(folder, **changes):
    """The page of replayed races made by hand."""
    return read_page(race_results.store(folder, **changes))


def world_page(folder, **changes):
    """The page of simulated worlds made by hand."""
    return read_page(world_results.store(folder, **changes))


def without_plotly(source):
    """The page's own part."""
    from plotly.offline import get_plotlyjs

    parts = source.split(get_plotlyjs())
    assert len(parts) == 2, "plotly.js must be there once"
    return "".join(parts)


def numbers(value):
    """The numbers of a picture: plain ones, or packed as plotly packs arrays."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(value["dtype"])).astype(np.float64)
    return np.array(value, dtype=np.float64)
