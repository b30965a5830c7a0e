"""The results of a search for schedules."""

import html
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.files import write
from experiments.results.store import StoreError

if TYPE_CHECKING:
    from pandas import DataFrame


class Study:
    """The results of a study, in a folder.

    Attributes:
        folder: where they lie.
        answer: what is recommended, and why, in sentences.
        results: its `results.json` as plain data.

    >>> import steepest
    >>> recipe = {
    ...     "name": "small", "scenario": {"kind": "world", "days": 2, "miners": 6}, "baselines": ["sn9-2025-03"],
    ...     "search": {"policies": ["fixed"]}, "trials": 8, "generation": 8, "rerank": 2, "finalists": 1,
    ...     "worlds": {"search": 2, "rerank": 2, "final": 2, "heldout": 2},
    ... }
    >>> study = steepest.tune(recipe)
    >>> steepest.open(study.folder).best.equals(study.best), study.report().name
    (True, 'report.html')
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "results.json"
        try:
            self.results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            self.answer = [f"Recommended is {self.results['recommended']['name']}: {self.results['because']}."]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}: is missing or damaged ({error}); run the recipe of the study again") from None

    @cached_property
    def best(self) -> "DataFrame":
        """A row per finalist, the best first: what it is, and its gain over the first baseline in the final worlds."""
        from pandas import DataFrame

        rows = [{**each, **each["difference"]} for each in self.results["best"]]
        return DataFrame(
            rows, columns=["policy", "parameters", "reward", "mean", "lo", "hi", "n", "p_holm", "feasible"]
        )

    def report(self, path: str | Path | None = None) -> Path:
        """The report of the study, one HTML file that works offline; with a path a copy there."""
        page = self.folder / "report.html"
        if path is not None:
            write(Path(path), page.read_bytes())
        return page if path is None else Path(path)

    def __repr__(self) -> str:
        return "\n".join([f"study in {self.folder}", *self.answer])

    def _repr_html_(self) -> str:
        """The answer and the finalists, for a notebook."""
        told = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.answer)
        return f"{told}{self.best.to_html(index=False, escape=True, border=0)}"
