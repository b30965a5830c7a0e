"""Draws the pictures of the README and of the findings. Needs kaleido and a browser.

.venv/bin/python scripts/picture.py docs/three-policies.svg
.venv/bin/python scripts/picture.py docs/pictures/responding.svg runs/responding/DIGEST
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from plotly.subplots import make_subplots

from experiments.results.compare import compare, policy_name
from experiments.results.estimate import estimate
from experiments.results.store import Store
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

DAYS, MINERS = 45.0, 64
POLICIES = {
    "0.5 % for ever": ({"fixed": {"epsilon": 0.005}}, "#d55e00"),
    "0.5 % to 0.01 % in 2 days": ({"linear": {"decay_blocks": 14_400}}, "#0072b2"),
    "0.5 % halving every 3 hours": ({"half-life": {"half_life_blocks": 900}}, "#009e73"),
}
BASELINE = "sn9-2025-03"
COLOURS, SYMBOLS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7"), ("circle", "diamond", "square", "cross")
UNMOVED, GREY = ("the same whatever it is paid", "nothing lost"), "#999999"


@dataclass(frozen=True)
class Picture:
    """What a picture of the findings shows."""

    metric: str
    title: str
    lanes: dict[str, str]  #: policy -> what it is called
    crowds: dict[str, list[str]]  #: name -> case ("" for all) and population
    against: bool = True  #: in percent of the baseline, paired
    against_case: Sequence[str] = ()  #: in percent of the same lane in this case, one per crowd, paired


def three_policies() -> Any:
    """One world under three policies: epsilon by age beside the king's loss by day."""
    lanes = [Lane(name, build(spec)) for name, (spec, _) in POLICIES.items()]
    crowns = World(Scenario(days=DAYS, miners=MINERS), lanes, seed=0, worlds=[0]).run().crowns()
    titles = ("epsilon: the margin that protects a model", "the king's loss in one world, nats per token")
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.09)
    ages = np.linspace(0.0, 4.0, 400)
    for number, (lane, (_, colour)) in enumerate(zip(lanes, POLICIES.values(), strict=True)):
        line = {"color": colour, "width": 2}
        epsilon = 100.0 * lane.policy.epsilon(ages * BLOCKS_PER_DAY)
        figure.add_scatter(x=ages, y=epsilon, line=line, name=lane.name, mode="lines", row=1, col=1)
        mine = crowns[crowns.column == number]
        days, loss = np.append(mine.block / BLOCKS_PER_DAY, DAYS), np.append(mine.loss, mine.loss[-1])
        stairs = {**line, "shape": "hv"}
        figure.add_scatter(x=days, y=loss, line=stairs, name=lane.name, mode="lines", showlegend=False, row=1, col=2)
    figure.update_xaxes(title="days since the commitment", gridcolor="#e8e8e8", row=1, col=1)
    figure.update_xaxes(title="day of the contest", gridcolor="#e8e8e8", row=1, col=2)
    figure.update_yaxes(gridcolor="#e8e8e8", ticksuffix=" %", row=1, col=1)
    figure.update_yaxes(gridcolor="#e8e8e8", row=1, col=2)
    legend = {"orientation": "h", "y": -0.22, "x": 0.5, "xanchor": "center"}
    figure.update_layout(template="plotly_white", margin={"t": 40, "r": 20, "b": 20, "l": 60}, legend=legend)
    return figure


def findings(picture: Picture, folder: Path) -> Any:
    """A metric of some lanes, one row each, with its 95 % interval in every crowd."""
    found = compare(Store(folder))
    values = found.values[picture.metric]
    place = {(policy_name(lane), lane.population): number for number, lane in enumerate(found.lanes)}
    rows = np.arange(len(picture.lanes))[::-1]
    figure = make_subplots(1, 1)
    for number, (name, (case, population)) in enumerate(picture.crowds.items()):
        here = found.race == case if case else np.full(len(found.race), True)
        marks = []
        for lane in picture.lanes:
            value = values[place[lane, population]][here]
            if picture.against_case:
                base = values[place[lane, population]][found.race == picture.against_case[number]]
                value = 100.0 * (value - base) / base.mean()
            elif picture.against:
                base = values[place[BASELINE, population]][here]
                value = 100.0 * (value - base) / base.mean()
            else:
                value = 100.0 * value
            marks.append(estimate(value, found.race[here]))
        figure.add_scatter(
            x=[each.mean for each in marks],
            y=rows + 0.22 * ((len(picture.crowds) - 1) / 2.0 - number),
            error_x={"array": [each.hi - each.mean for each in marks], "width": 3},
            marker={"color": GREY if name in UNMOVED else COLOURS[number], "size": 8, "symbol": SYMBOLS[number]},
            name=name,
            mode="markers",
        )
    if picture.against or picture.against_case:
        figure.add_vline(x=0.0, line={"color": "#444444", "width": 1})
    figure.update_xaxes(ticksuffix=" %")
    return dressed(figure, list(picture.lanes.values()), picture.title)


def search(folder: Path) -> Any:
    """What the best finalist of each kind of policy gains in every family of worlds of a study, with its interval."""
    finalists = json.loads((folder / "results.json").read_text(encoding="utf-8"))["best"]
    best = {each["policy"]: each for each in reversed(finalists)}
    figure = make_subplots(1, 1)
    for number, (name, finalist) in enumerate(reversed(best.items())):
        families = finalist["difference"]["families"]
        gains = [1000.0 * each["mean"] for each in families.values()]
        figure.add_scatter(
            x=gains,
            y=np.arange(len(families))[::-1] + 0.18 * ((len(best) - 1) / 2.0 - number),
            error_x={
                "array": [1000.0 * each["hi"] - gain for each, gain in zip(families.values(), gains, strict=True)],
                "arrayminus": [gain - 1000.0 * each["lo"] for each, gain in zip(families.values(), gains, strict=True)],
                "width": 3,
            },
            marker={"color": COLOURS[number], "size": 8, "symbol": SYMBOLS[number]},
            name=name,
            mode="markers",
        )
    return dressed(figure, list(families), "gain of A over 2025-03, in 0.001")


def dressed(figure: Any, rows: list[str], title: str) -> Any:
    """A figure of one row each, from above, with its axes and legend."""
    figure.update_xaxes(title=title, gridcolor="#e8e8e8")
    figure.update_yaxes(tickvals=list(range(len(rows)))[::-1], ticktext=rows, gridcolor="#f2f2f2", zeroline=False)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"}
    margin = {"t": 10, "r": 15, "b": 10, "l": 10}
    return figure.update_layout(template="plotly_white", font={"size": 15}, margin=margin, legend=legend)


if __name__ == "__main__":
    path, *folders = map(Path, sys.argv[1:])
    if not folders:
        drawn, size = three_policies(), {"width": 1000, "height": 380}
    elif path.stem == "search":
        drawn, size = search(folders[0]), {"width": 560, "height": 320}
    else:
        specs = yaml.safe_load(Path(__file__).with_name("pictures.yaml").read_text(encoding="utf-8"))
        chosen = Picture(**specs[path.stem])
        drawn, size = findings(chosen, folders[0]), {"width": 560, "height": 130 + 32 * len(chosen.lanes)}
    path.write_bytes(drawn.to_image(format=path.suffix[1:], **size))
