"""Draws the pictures of the README and of the findings. Needs kaleido and a browser.

.venv/bin/python scripts/picture.py docs/three-policies.svg
.venv/bin/python scripts/picture.py docs/responding.svg runs/responding/DIGEST
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from plotly.subplots import make_subplots

from experiments.results.compare import compare
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
CROWDS = {
    ("inelastic", "honest"): ("the same whatever it is paid", "#999999", "solid"),
    ("inelastic", "copied"): ("the same, a quarter copies", "#999999", "dot"),
    ("responding", "honest"): ("responds to pay", "#0072b2", "solid"),
    ("responding", "copied"): ("responds, a quarter copies", "#d55e00", "solid"),
}


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


def responding(folder: Path) -> Any:
    """How fast the loss falls under fixed bars, against the deployed schedule, in crowds that respond to pay or not."""
    found = compare(Store(folder))
    place = {lane.lane: number for number, lane in enumerate(found.lanes)}
    bars = ["hardly any epsilon", *(f"fixed epsilon={bar}" for bar in (0.0002, 0.0005, 0.001, 0.002, 0.005))]
    names = ["0.001 %", "0.02 %", "0.05 %", "0.1 %", "0.2 %", "0.5 %"]
    figure = make_subplots(1, 1)
    for shift, ((case, population), (name, colour, dash)) in enumerate(CROWDS.items()):
        here, rate = found.race == case, found.values["descent_rate"]
        base = rate[place[f"sn9-2025-03 | {population}"]][here]
        ratios = [
            estimate(100.0 * (rate[place[f"{bar} | {population}"]][here] - base) / base.mean(), found.race[here])
            for bar in bars
        ]
        figure.add_scatter(
            x=np.arange(len(bars)) + 0.05 * (shift - 1.5),
            y=[each.mean for each in ratios],
            error_y={"array": [each.hi - each.mean for each in ratios], "width": 3},
            line={"color": colour, "width": 2, "dash": dash},
            name=name,
            mode="lines+markers",
        )
    figure.add_hline(
        y=0.0, line={"color": "#444444", "width": 1}, annotation_text="deployed: 0.5 % to 0.01 % in 2 days"
    )
    figure.update_xaxes(title="fixed epsilon", tickvals=list(range(len(bars))), ticktext=names, gridcolor="#e8e8e8")
    figure.update_yaxes(title="descent per day, against the deployed schedule", ticksuffix=" %", gridcolor="#e8e8e8")
    legend = {"orientation": "h", "y": -0.2, "x": 0.5, "xanchor": "center"}
    return figure.update_layout(template="plotly_white", margin={"t": 30, "r": 20, "b": 20, "l": 70}, legend=legend)


if __name__ == "__main__":
    path, *folders = map(Path, sys.argv[1:])
    drawn = responding(folders[0]) if folders else three_policies()
    path.write_bytes(drawn.to_image(format=path.suffix[1:], width=1000, height=460 if folders else 380))
