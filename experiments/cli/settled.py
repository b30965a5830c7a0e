"""Where crowds have settled, as a table on the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.play.replicator import SETTLED

NOTE = (
    "Mix: percent of the miners, those that each strategy keeps among them. Regret: what one miner gains by the best "
    "other strategy, in equal shares of the emission, in the same worlds; the best of several is biased upwards. "
)


def settled_table(
    games: Sequence[Mapping[str, Any]], mixes: Mapping[str, Mapping[str, float]], regret: Mapping[str, str]
) -> Table:
    """A row for every lane that plays, with the mix that it ended in.

    Args:
        games: of a run's manifest.
        mixes: by lane.
        regret: by lane, as it is shown.
    """
    lanes = list(dict.fromkeys(game["lane"] for game in games))
    strategies = list(dict.fromkeys(name for lane in lanes for name in mixes[lane]))
    out = Table(title=Text("Where crowds settled"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("lane", overflow="fold", max_width=44)
    for heading in ("settled", "regret", *strategies):
        out.add_column(Text(heading), justify="right", overflow="fold")
    for lane in lanes:
        own = [game["moved"] for game in games if game["lane"] == lane]
        shares = [f"{100 * mixes[lane][name]:.0f}" if name in mixes[lane] else "" for name in strategies]
        out.add_row(Text(lane), Text(verdict(own)), regret[lane], *shares)
    return out


def verdict(moved: Sequence[float | None]) -> str:
    """Whether a mix has settled, by the largest move of a share over the last third of the rounds, in each case."""
    known = [move for move in moved if move is not None]
    if len(known) < len(moved):
        return "too few rounds"
    worst = max(known)
    return "yes" if worst <= SETTLED else f"no, moves by {100 * worst:.0f}"


def unsettled(games: Sequence[Mapping[str, Any]]) -> str:
    """How many lanes have not settled, and what their numbers are of; empty if all have."""
    restless = {game["lane"] for game in games if game["moved"] is None or game["moved"] > SETTLED}
    if not restless:
        return ""
    lanes = len({game["lane"] for game in games})
    return (
        f"{len(restless)} of {lanes} lanes did not settle: a share moved by more than {100 * SETTLED:.0f} % of the "
        "miners over the last third of the rounds, or these are too few to tell. They are measured with the mean of "
        "their last mixes."
    )
