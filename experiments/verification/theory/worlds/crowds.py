"""Crowds in which every miner commits one model, one after the other."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from experiments.verification.theory import checks
from experiments.verification.theory.crowds import kings as expected_kings
from experiments.verification.theory.worlds.players import Shows
from experiments.verification.theory.worlds.setting import STEP, Found, Pass, Sample, lane, scenario, split, world
from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY
from sim.miners.progress.draws import DrawsProgress
from sim.world import World

KEEP = 24
"""Models in the pool where a king must beat all before it: enough to hold every model near the best."""
GUMBEL = 1e-3
"""Log loss of one unit of the community's scores."""
SHARES = 300
"""Miners in the check of luck, with one submission each."""


def passes(quick: bool) -> list[Pass]:
    """The passes of these results, or the quick ones."""
    marks = (100,) if quick else (100, 200)
    plan = (
        (thousand, 0, 800, 100),
        (partial(margins, "running-best", marks), 300, 2500, 100),
        (partial(margins, "king", marks), 800, 4000, 200),
        (weibull, 200, 2000, 100),
        (luck, 300, 3000, 300),
        (community, 50, 400, 50),
        (first_kings, 4000, 20_000, 2000),
    )
    return split(plan, quick)


def first_kings(worlds: range) -> Found:
    """Number of kings after ten submissions, and when the second one came."""
    simulated = _crowd("records", DrawsProgress(), 10, [_fixed(0.0)], worlds)
    count = _kings(simulated, 10)[0]
    found = _moments(10, count)
    crowns = simulated.record.crowns()
    order = np.lexsort((crowns.block, crowns.column))
    column, place = crowns.column[order], crowns.block[order] // STEP
    second = np.flatnonzero(column[1:] == column[:-1]) + 1
    second = second[np.unique(column[second], return_index=True)[1]]
    at = np.zeros(len(worlds))
    at[column[second]] = place[second]
    found |= {f"records second j={j}": Sample(at == j) for j in (2, 3, 4)}
    return found | {f"records law kings={m}": Sample(count == m) for m in (1, 2, 3, 4)}


def margins(result: str, marks: Sequence[int], worlds: range, semantics: str = "") -> Found:
    """Kings by `running-best` or by `king` after so many submissions; the latter's first lane has no margin.

    Args:
        result: `running-best` or `king`.
        marks: numbers of submissions after which kings are counted.
        worlds: numbers of the worlds.
        semantics: the rule that crowns; by default the one of the result.
    """
    kinds = {"running-best": ("running-best", KEEP), "king": ("king", 1)}
    kind, keep = kinds[result]
    panel = [_fixed(epsilon) for epsilon in checks.EPSILONS]
    simulated = _crowd(result, DrawsProgress(), max(marks), panel, worlds, semantics=semantics or kind, keep=keep)
    found: Found = {}
    for mark in marks:
        counts = _kings(simulated, mark)
        for epsilon, count in zip(checks.EPSILONS, counts, strict=True):
            found[f"{result} n={mark} epsilon={epsilon:g}"] = Sample(count)
        if result == "king" and mark == 100:
            found |= _moments(mark, counts[0]) | {
                "records age n=100": Sample(mark - 1.0 - _newest(simulated, mark)[: len(worlds)])
            }
    return found


def thousand(worlds: range) -> Found:
    """Number of kings after a thousand submissions."""
    return _moments(1000, _kings(_crowd("records n=1000", DrawsProgress(), 1000, [_fixed(0.0)], worlds), 1000)[0])


def weibull(worlds: range) -> Found:
    """Kings by `running-best` for Weibull losses of shape 50."""
    epsilons = (0.001, 0.005, 0.01)
    panel = [_fixed(epsilon) for epsilon in epsilons]
    how = {"semantics": "running-best", "keep": 16}
    simulated = _crowd("running-best weibull", DrawsProgress("gumbel", 1.0 / 50.0), 200, panel, worlds, **how)
    return {
        f"running-best weibull epsilon={e:g}": Sample(n) for e, n in zip(epsilons, _kings(simulated, 200), strict=True)
    }


def luck(worlds: range) -> Found:
    """Inequality of the miners' emission where only luck decides."""
    simulated = _crowd("luck", DrawsProgress(), SHARES, [_fixed(0.0)], worlds)
    paid = simulated.miners.emission
    share = paid / paid.sum(axis=0)
    return {"luck hhi": Sample((share**2).sum(axis=0)), "luck longest": Sample(share.max(axis=0))}


def community(worlds: range) -> Found:
    """Kings of an improving community; its drift per submission and its margin are in units of `GUMBEL`."""
    drift, margin, submissions, begun = 0.2, 0.5, 400, 100
    progress = DrawsProgress("gumbel", GUMBEL, drift * GUMBEL * BLOCKS_PER_DAY / STEP)
    panel = [_fixed(-np.expm1(-margin * GUMBEL))]
    simulated = _crowd("community", progress, submissions, panel, worlds, semantics="running-best", keep=16)
    early, late = _kings(simulated, begun)[0], _kings(simulated, submissions)[0]
    return {"community kings": Sample(late), "community rate": Sample((late - early) / (submissions - begun))}


def _fixed(epsilon: float) -> Policy:
    return build({"fixed": {"epsilon": float(epsilon)}})


def _crowd(
    name: str, progress: DrawsProgress, miners: int, panel: Sequence[Policy], worlds: range, **rules: object
) -> World:
    """A world, a lane per policy, that has run until its last submission was judged."""
    contest = scenario([progress], miners, miners + 1, wake=miners * STEP)
    simulated = world(name, contest, [lane(policy, Shows(), **rules) for policy in panel], worlds)
    simulated.run()
    return simulated


def _kings(simulated: World, after: int) -> np.ndarray:
    """Number of kings after so many submissions, `[lanes, worlds]`."""
    crowns, columns = simulated.record.crowns(), simulated.columns
    counted = crowns.column[crowns.block <= after * STEP]
    return np.bincount(counted, minlength=columns.width).reshape(len(columns.lanes), columns.worlds).astype(float)


def _newest(simulated: World, after: int) -> np.ndarray:
    """Number of the submission, from 0, that is king after so many, `[columns]`."""
    crowns = simulated.record.crowns()
    there = crowns.block <= after * STEP
    newest = np.zeros(simulated.columns.width)
    np.maximum.at(newest, crowns.column[there], crowns.miner[there])
    return newest


def _moments(n: int, count: np.ndarray) -> Found:
    """Samples for mean and variance; the variance is around the expected mean, so that it is a mean over worlds too."""
    mean, _ = expected_kings(n)
    return {f"records mean n={n}": Sample(count), f"records variance n={n}": Sample((count - mean) ** 2)}
