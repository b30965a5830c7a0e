"""A leaderboard under attack by random submissions: the plain board, the Ladder, and fresh data.

The Ladder is a margin of one standard error. All true labels are 0, so a submission is the vector of its errors, and
its loss is their mean. The pair rule compares the king with each submission; the board then shows the king's loss.
"""

from functools import partial

import numpy as np

from experiments.verification.theory.attack import SAMPLES, SUBMISSIONS, published_error, takes
from experiments.verification.theory.worlds.setting import Found, Pass, Sample, exactly, split
from policies import Seen, build
from sim.mechanism.judge import beats
from sim.streams import stream

LADDER = build({"standard-errors": {"errors": 1.0, "end": 0.0}})
TOLERANCE = published_error(SAMPLES)


def passes(quick: bool) -> list[Pass]:
    """The passes of this result."""
    sizes = SUBMISSIONS[:2] if quick else SUBMISSIONS
    repeats = 60 if quick else 120
    return split([(partial(attack, size), repeats, repeats, 60) for size in sizes], quick)


def attack(submissions: int, worlds: range) -> Found:
    """Random submissions, and then a majority vote of those whose loss the board showed as 0.5 or less.

    Args:
        submissions: number of submissions before the vote.
        worlds: numbers of the worlds.
    """
    boards = np.array([_attack(submissions, world) for world in worlds])
    plain, held, same, fresh = boards.T
    found = {
        f"board plain submissions={submissions}": Sample(plain),
        f"board fresh submissions={submissions}": Sample(fresh),
        f"board same submissions={submissions}": exactly(float(same.mean()), 1e-9),
    }
    return found | {f"board ladder submissions={submissions}": Sample(held, None, TOLERANCE)}


def _attack(submissions: int, world: int) -> tuple[float, float, float, float]:
    """One attack.

    Returns:
        The last loss on the plain board and on the Ladder, the share of decisions in which pair rule and Ladder agree,
        and the loss of a vote by fresh data.
    """
    n = SAMPLES
    draw = stream(0, "theory", "board", submissions, world)
    votes, fresh_votes, taken = np.zeros((2, n)), np.zeros(n), np.zeros(2)
    king, best, agreed = np.ones(n), 1.0, 0
    errors, fresh = np.empty(n), np.empty(n)
    for _ in range(submissions):
        errors, fresh = (draw.integers(0, 2, n).astype(float) for _ in range(2))
        won, agrees = _judged(king, errors, best)
        king, best, agreed = (errors, errors.mean(), agreed + agrees) if won else (king, best, agreed + agrees)
        shown = np.array([errors.mean(), best]) <= 0.5
        votes += shown[:, None] * errors
        taken += shown
        fresh_votes += (draw.integers(0, 2, n).mean() <= 0.5) * (fresh - 0.5)
    tied = draw.random(n) < 0.5
    plain, held = (majority(votes[at] - taken[at] / 2.0, tied) for at in (0, 1))
    won, agrees = _judged(king, held, best)
    shown_last = float(held.mean()) if won else float(best)
    return (
        float(plain.mean()),
        shown_last,
        (agreed + agrees) / (submissions + 1),
        float(majority(fresh_votes, tied).mean()),
    )


def _judged(king: np.ndarray, errors: np.ndarray, best: float) -> tuple[bool, bool]:
    """Whether a submission wins by the pair rule with a margin of one standard error, and whether the Ladder agrees."""
    sd, score = float(np.std(errors - king)), float(errors.mean())
    epsilon = float(LADDER.epsilon(0.0, Seen(0.0, error=sd / len(errors) ** 0.5 / best)))
    won = bool(beats(score, 1.0, 0.0, float(best), 0.0, epsilon))
    return won, won == takes(score, best, sd, len(errors))


def majority(lead: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """The errors of a majority vote; a tie is decided by the coin in `tied`."""
    return np.where(lead == 0.0, tied, lead > 0.0).astype(float)
