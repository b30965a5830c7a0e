"""The results of a run as tables, pictures, sentences and a page."""

import html
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.files import write
from experiments.report import refresh
from experiments.report.results import Results, read
from experiments.results.answer import answer, percent, relative
from experiments.results.compare import LaneResult, counterparts
from experiments.results.estimate import Estimate
from experiments.results.store import Store
from policies import InputError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure as Picture

    from experiments.report.figure import Figure

ESTIMATE = ("mean", "lo", "hi", "n")
"""Columns of an estimate: a mean over worlds, the ends of its 95 % interval, and how many worlds have a value."""


class Result:
    """The results of a run, in a folder.

    Attributes:
        folder: where they lie.
        plot: pictures, see `Plots`.

    >>> import steepest
    >>> result = steepest.run("world", ["sn9-2025-03", "half-life"], worlds=2, days=2, miners=16)
    >>> result.lanes.loc["half-life | honest", "descent_area"].index.tolist()
    ['mean', 'lo', 'hi', 'n']
    >>> len(result.pay) == 16 * len(result.worlds), result.plot.epsilon().layout.yaxis.title.text
    (True, 'ε (% of the loss)')
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._store = Store(self.folder)
        self._results = read(self._store)
        self.plot = Plots(self._results)

    @cached_property
    def answer(self) -> list[str]:
        """Which policy makes the loss fall fastest, at which cost, and how sure that is, in sentences."""
        return answer(self._results.lanes, self._results.manifest)

    @cached_property
    def lanes(self) -> "DataFrame":
        """A row per lane; columns `(metric, part)`, the parts mean, lo, hi (of the 95 % interval) and n (worlds)."""
        return self._estimates(lambda lane: lane.metrics)

    @cached_property
    def differences(self) -> "DataFrame":
        """As `lanes`, of the paired differences to the baseline's policy in the same population and worlds."""
        return self._estimates(lambda lane: lane.differences)

    @cached_property
    def worlds(self) -> "DataFrame":
        """A row per world and lane with every metric; `error` is the traceback of a world that failed."""
        return self._table("metrics")

    @cached_property
    def curves(self) -> "DataFrame":
        """A row per moment of a world and lane: losses of the king and of the best model, and the king's epsilon."""
        return self._table("curves")

    @cached_property
    def events(self) -> "DataFrame":
        """A row per crown, and per submission of a race."""
        return self._table("events")

    @cached_property
    def pay(self) -> "DataFrame":
        """A row per miner of a world and lane: its share of the emission, and of the descent that it brought about."""
        return self._table("emission")

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report, one HTML file that works offline: to a path, or `report.html` in the folder."""
        page = refresh(self._store)
        if path is not None:
            write(Path(path), page.read_bytes())
        return page if path is None else Path(path)

    def __repr__(self) -> str:
        return "\n".join([f"{len(self._results.lanes)} lanes in {self.folder}", *self.answer])

    def _repr_html_(self) -> str:
        """The answer and the lanes, for a notebook."""
        from pandas import DataFrame

        lanes, base = self._results.lanes, counterparts(self._results.lanes, self._results.manifest["baseline"])
        rows = [
            (lane.lane, "baseline" if lane is lanes[i] else percent(relative(lane, lanes[i])), metric.n)
            for lane, i in zip(lanes, base, strict=True)
            if (metric := lane.metrics["descent_area"]).n
        ]
        table = DataFrame(rows, columns=["lane", "descent against the baseline", "worlds"])
        told = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.answer)
        return f"{told}{table.to_html(index=False, escape=True, border=0)}"

    def _table(self, name: str) -> "DataFrame":
        return self._store.table(name).to_pandas()

    def _estimates(self, of: Callable[[LaneResult], dict[str, Estimate]]) -> "DataFrame":
        from pandas import DataFrame, Index, MultiIndex

        lanes = self._results.lanes
        columns = MultiIndex.from_product([list(of(lanes[0])), ESTIMATE], names=["metric", "part"])
        rows = [[getattr(e, part) for e in of(lane).values() for part in ESTIMATE] for lane in lanes]
        return DataFrame(rows, Index([lane.lane for lane in lanes], name="lane"), columns)


class Plots:
    """The figures of a report as pictures of plotly, which notebooks show and `write_html` or `write_image` save.

    A figure of several populations, cases or races has a picture of each: the first one, or the one that is named.
    """

    def __init__(self, results: Results) -> None:
        self._results = results

    def loss(self, name: str | None = None) -> "Picture":
        """The loss over time: of the king, of the best model that is published, and of the best anywhere."""
        return self._picture(name, "the run kept no curves", "descent", "kings")

    def epsilon(self, name: str | None = None) -> "Picture":
        """Epsilon by a model's age, of each policy."""
        return self._picture(name, "there are no policies", "epsilon")

    def pay(self, name: str | None = None) -> "Picture":
        """Who is paid, and who made the loss fall: by strategy in a world, by miner in a race."""
        return self._picture(name, "all miners follow one strategy; .pay has what each was paid", "pay", "emission")

    def reigns(self, name: str | None = None) -> "Picture":
        """Who was king when, in one world."""
        return self._picture(name, "the run kept no events", "reigns")

    def tradeoff(self, name: str | None = None) -> "Picture":
        """The fall of the loss against what it costs: pay that goes astray or to cheats, and compute."""
        return self._picture(name, "its costs are the same in all lanes, or it is a race", "tradeoff")

    @cached_property
    def _figures(self) -> "dict[str, Figure]":
        from experiments.report.drawn_lanes import choose_lanes
        from experiments.report.run import figures

        results = self._results
        return {figure.key: figure for figure in figures(results, choose_lanes(results))}

    def _picture(self, name: str | None, without: str, *keys: str) -> "Picture":
        from plotly.graph_objects import Figure as Picture

        panels = {panel.name: panel for key in keys if key in self._figures for panel in self._figures[key].panels}
        if not panels:
            raise InputError(f"there is nothing to draw: {without}")
        if name is not None and name not in panels:
            raise InputError(f"there is no picture {name!r}; {nearest(name, panels)}")
        panel = panels[name] if name is not None else next(iter(panels.values()))
        title = ", ".join([panel.name, *panel.about.get("populations", ())])  # which have a symbol each
        look: dict[str, Any] = {"template": "plotly_white", "height": panel.height, "title": {"text": title}}
        return Picture(panel.data, {**panel.layout, **look})
