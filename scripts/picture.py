"""Draws the pictures of the README and of the findings. Needs kaleido and a browser.

.venv/bin/python scripts/picture.py docs/three-policies.svg
.venv/bin/python scripts/picture.py docs/pictures/responding.svg runs/responding/DIGEST
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
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
COLOURS, SYMBOLS = ("#0072b2", "#d55e00", "#009e73"), ("circle", "diamond", "square")
UNMOVED, GREY = ("the same whatever it is paid", "nothing lost"), "#999999"
BARS = {
    "hardly any epsilon": "0.001 %",
    "fixed epsilon=0.0002": "0.02 %",
    "fixed epsilon=0.0005": "0.05 %",
    "fixed epsilon=0.001": "0.1 %",
    "fixed epsilon=0.002": "0.2 %",
    "fixed epsilon=0.005": "0.5 %",
}
DECAYS = {"sn9-2024-12": "2024-12", "half-life half_life_blocks=7200": "half-life 1 d"}


@dataclass(frozen=True)
class Picture:
    """What a picture of the findings shows."""

    metric: str
    title: str
    lanes: dict[str, str]  #: policy -> what it is called
    crowds: dict[str, tuple[str, str]]  #: name -> case ("" for all) and population
    times: float = 100.0  #: factor on values that are no differences
    unit: str = " %"
    against: bool = True  #: in percent of the baseline, paired
    against_case: tuple[str, ...] = ()  #: in percent of the same lane in this case, one per crowd, paired


PICTURES = {
    "responding": Picture(
        "descent_rate",
        "descent per day, against 2025-03",
        {**BARS, **DECAYS},
        {
            "responds to pay": ("responding", "honest"),
            "responds, a quarter copies": ("responding", "copied"),
            "the same whatever it is paid": ("inelastic", "honest"),
        },
    ),
    "direction": Picture(
        "descent_rate",
        "descent per day, against 2025-03",
        {**BARS, **DECAYS},
        {"chooses its ideas by what they pay": ("", "honest")},
    ),
    "copies": Picture(
        "copied_share",
        "paid for copies",
        {
            "hardly any epsilon": "0.001 %",
            BASELINE: "2025-03",
            "sn9-2024-01": "0.5 %",
            "descent-shield": "descent-shield",
            "schedule-anchored": "schedule-anchored",
            "standard-errors": "standard-errors",
            "sequential-test": "sequential-test",
        },
        {"responds to pay": ("responding", "copycats"), "the same whatever it is paid": ("inelastic", "copycats")},
        against=False,
    ),
    "standing": Picture(
        "descent_area",
        "A, against 2025-03",
        {
            "hardly any epsilon": "0.001 %",
            "fixed epsilon=0.0005": "0.05 %",
            "fixed epsilon=0.001": "0.1 %",
            **DECAYS,
            "sn9-2024-10": "2024-10",
        },
        {
            "buys compute by its pay": ("tullock", "honest"),
            "buys compute, mixed": ("tullock", "mixed"),
            "the same whatever it is paid": ("inelastic", "honest"),
        },
    ),
    "disruption": Picture(
        "descent_rate",
        "descent per day, against 2025-03",
        {
            "hardly any epsilon": "0.001 %",
            "fixed epsilon=0.0005": "0.05 %",
            "fixed epsilon=0.001": "0.1 %",
            "fixed epsilon=0.003": "0.3 %",
            "fixed epsilon=0.005": "0.5 %",
            "half-life half_life_blocks=7200": "half-life 1 d",
        },
        {"a day lost per crown": ("disrupted", "honest"), "nothing lost": ("calm", "honest")},
    ),
    "margins": Picture(
        "descent_area",
        "A, against 2025-03",
        {
            "fixed epsilon=0.001": "0.1 %",
            "half-life": "half-life",
            "sequential-test": "sequential-test",
            "crown-age then linear": "crown-age",
            "lineage then linear": "lineage",
            "standard-errors": "standard-errors",
            "slope-shield": "slope-shield",
            "descent-shield": "descent-shield",
            "reign-controller then linear": "reign-controller",
            "schedule-anchored": "schedule-anchored",
        },
        {"responds to pay": ("responding", "honest"), "the same whatever it is paid": ("inelastic", "honest")},
    ),
    "rewards": Picture(
        "descent_area",
        "A, against pay by weight",
        {
            f"{BASELINE} + {name}": name.split()[0]
            for name in (
                "royalty tau_days=14",
                "shapley tau_days=14",
                "prize",
                "bounty",
                "last-kings",
                "entrant",
            )
        },
        {"responds, honest": ("responding", "honest"), "responds, mixed": ("responding", "mixed")},
    ),
    "settled": Picture(
        "dishonest_share",
        "paid to the dishonest where the crowd has settled",
        {
            "half-life half_life_blocks=7200": "half-life 1 d",
            BASELINE: "2025-03",
            "sn9-2024-01": "0.5 %",
            "fixed epsilon=0.001": "0.1 %",
            "fixed epsilon=0.00001": "0.001 %",
        },
        {"from an even start": ("", "settled from even"), "from an honest one": ("", "settled from honest")},
        against=False,
    ),
    "notice": Picture(
        "descent_area",
        "A with 14 days of notice, against none",
        {
            BASELINE: "2025-03",
            "half-life half_life_blocks=7200": "half-life 1 d",
            "fixed epsilon=0.0005": "0.05 %",
            "fixed epsilon=0.001": "0.1 %",
            "sn9-2024-01": "0.5 %",
        },
        {"moves when it pays": ("announced, by pay", "honest"), "moves when it hears": ("announced", "honest")},
        against_case=("unannounced, by pay", "unannounced"),
    ),
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
                value = picture.times * value
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
    figure.update_xaxes(title=picture.title, ticksuffix=picture.unit, gridcolor="#e8e8e8")
    figure.update_yaxes(tickvals=list(rows), ticktext=list(picture.lanes.values()), gridcolor="#f2f2f2", zeroline=False)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"}
    margin = {"t": 10, "r": 15, "b": 10, "l": 10}
    return figure.update_layout(template="plotly_white", font={"size": 15}, margin=margin, legend=legend)


if __name__ == "__main__":
    path, *folders = map(Path, sys.argv[1:])
    if folders:
        chosen = PICTURES[path.stem]
        size = {"width": 560, "height": 130 + 32 * len(chosen.lanes)}
        path.write_bytes(findings(chosen, folders[0]).to_image(format=path.suffix[1:], **size))
    else:
        path.write_bytes(three_policies().to_image(format=path.suffix[1:], width=1000, height=380))
