"""Draws the README's picture: three policies and what they do in one world. Needs kaleido and a browser.

.venv/bin/python scripts/picture.py docs/three-policies.svg
"""

import sys
from pathlib import Path

import numpy as np
from plotly.subplots import make_subplots

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


def main(path: Path) -> None:
    """Run one world under the policies, and draw epsilon by age beside the king's loss by day."""
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
    path.write_bytes(figure.to_image(format=path.suffix[1:], width=1000, height=380))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
