"""One check per kind of conformance vector: run the row, hold the answers against the recorded ones."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.oracle.episodes import check_episode, check_sn37_episode
from experiments.oracle.match import Match, dense, number, numbers
from experiments.oracle.recorded import policy_of
from policies import Policy
from sim.mechanism.judge import judge
from sim.mechanism.pair import beats
from sim.mechanism.per_sample import blend, sample_wins
from sim.mechanism.retry import retry
from sim.mechanism.sn29 import advantage, sample_champions
from sim.mechanism.tracker import Tracker
from sim.mechanism.win_rate import softmax, wins

Row = dict[str, Any]


def check_epsilon(row: Row, match: Match) -> None:
    """epsilon of a model at a block, or the error that the original raises."""
    try:
        policy = policy_of(row["eps"])
    except ZeroDivisionError:
        match.same("error", row.get("error"), "ZeroDivisionError")
        return
    with np.errstate(invalid="ignore"):
        age = np.subtract(number(row["current_block"]), number(row["model_block"]))
    match.same("epsilon", row.get("out", row.get("error")), float(policy.epsilon(age)))


def check_iswin(row: Row, match: Match) -> None:
    """Whether model i beats model j."""
    score = numbers([row["loss_i"], row["loss_j"]])
    block = numbers([row["block_i"], row["block_j"]])
    epsilon = policy_of(row["eps"]).epsilon(number(row["current_block"]) - block)
    match.same("i wins", row["out"], bool(beats(score, block, epsilon)[0, 1]))


def check_wins(row: Row, match: Match) -> None:
    """Filter, wins, win rates and softmax of one pool."""
    score, block, out = numbers(row["score"]), numbers(row["block"]), row["out"]
    policy: Policy = policy_of(row["eps"])
    epsilon = policy.epsilon(number(row["current_block"]) - block)
    found = judge(score, block, epsilon, float(policy.epsilon(np.inf)), temperature=row["temperature"])
    among = [row["uids"].index(uid) for uid in out["competitive"]]
    match.same("competitive", out["competitive"], [u for u, c in zip(row["uids"], found.competitive, strict=True) if c])
    match.same("wins", out["wins"], found.wins[among])
    match.same("win_rate", out["win_rate"], found.rate[among])
    top = row["uids"][int(np.argmax(np.where(found.competitive, found.rate, -1.0)))] if among else None
    match.same("top_uid", out["top_uid"], top)
    match.same("step_error", out.get("step_error"), "ValueError" if found.lost else None)
    match.close("softmax", numbers(out["softmax"]).astype(np.float32), found.weights)
    if "wins_unfiltered" in out:
        everyone = np.ones(len(score), dtype=bool)
        match.same("wins_unfiltered", out["wins_unfiltered"], wins(beats(score, block, epsilon), everyone))


def check_tracker(row: Row, match: Match) -> None:
    """A sequence of operations on one tracker."""
    tracker = Tracker(row["init_num_neurons"], row["alpha"])
    for i, op in enumerate(row["ops"]):
        what = f"ops[{i}] {op['op']}"
        if op["op"] == "record":
            try:
                tracker.record(op["comp"], dense(op["weights"], op["n"]))
            except ValueError:
                match.same(what, op.get("error"), "AssertionError")
                continue
            match.close(
                what,
                dense(op["after"], tracker.neurons) if "after" in op else np.zeros(0, np.float32),
                tracker.average[op["comp"]],
            )
        elif op["op"] == "reset":
            tracker.reset(op["keep"])
            match.same(what, sorted(op["after_keys"]), sorted(tracker.average))
        else:
            got = tracker.subnet([(c, r) for c, r in op["comps"]], op["threshold"])
            match.close(what, dense(op["out"], tracker.neurons), got)
            for key, after in (op["state_after"] or {}).items():
                match.close(f"{what} stored {key}", dense(after, tracker.neurons), tracker.average[int(key)])


def check_retry(row: Row, match: Match) -> None:
    """Whether a known model should be evaluated again."""
    history = [[number(v) for v in entry] for entry in row["history"]]
    finite = [entry for entry in history if entry[1] != np.inf]
    _, score, winner_block, winner_score = np.array(finite[-1] if finite else [0.0, np.inf, 0.0, np.inf])
    epsilon = policy_of(row["eps"]).epsilon(number(row["current_block"]) - winner_block)
    match.same("retry", row["out"], bool(retry(len(history), score, winner_score, epsilon)))


def check_per_sample(row: Row, match: Match) -> None:
    """Wins per sample, v4.4.0."""
    losses, block, out = _by_batch(row["losses"]), numbers(row["block"]), row["out"]
    epsilon = policy_of(row["eps"]).epsilon(number(row["current_block"]) - block)
    won, rate = sample_wins(losses, block, epsilon)
    match.same("wins", out["wins"], won)
    match.same("win_rate", out["win_rate"], rate)
    match.close("softmax", numbers(out["softmax"]).astype(np.float32), softmax(rate, 0.01))


def check_7bstar(row: Row, match: Match) -> None:
    """The 7B* blend, v4.1.0: the same losses under two fixed epsilons."""
    losses, block, out = _by_batch(row["losses"]), numbers(row["block"]), row["out"]
    won, rate = sample_wins(losses, block, np.full(block.shape, row["epsilon"]))
    won_too, rate_too = sample_wins(losses, block, np.full(block.shape, row["epsilon_experiment"]))
    match.same("wins", out["wins"], won)
    match.same("win_rate", out["win_rate"], rate)
    match.same("wins_experiment", out["wins_experiment"], won_too)
    match.same("win_rate_experiment", out["win_rate_experiment"], rate_too)
    match.close(
        "step_weights", numbers(out["step_weights"]).astype(np.float32), blend(rate, rate_too, row["experiment_weight"])
    )


def check_sn29(row: Row, match: Match) -> None:
    """SN29's points per sample; a model without losses is dropped first."""
    out = row["out"]
    there = [i for i, losses in enumerate(row["losses"]) if losses is not None]
    if not there:
        match.same("out", [], list(out))
        return
    losses = _by_batch([row["losses"][i] for i in there])
    block = numbers([row["block"][i] for i in there])
    epsilon = advantage(number(row["current_block"]), block, row["advantage_initial"], row["advantage_decay_per_epoch"])
    found = sample_champions(losses, block, epsilon, row.get("skew", 1.0))
    answers: dict[str, tuple[Any, Any]] = {
        "wins": (found.wins, 0),
        "win_rate": (found.rate, 0.0),
        "win_abs_rate": (found.plain_rate, 0.0),
        "advantage_factor": (found.factor, None),
        "weights": (found.weights, 0.0),
    }
    for what in answers.keys() & out.keys():
        got, absent = answers[what]
        everyone: list[Any] = [absent] * len(row["losses"])
        for i, value in zip(there, got.tolist(), strict=True):
            everyone[i] = value
        (match.nearly if what == "weights" else match.same)(what, out[what], everyone)


def _by_batch(losses: list[list[Any]]) -> np.ndarray:
    """`losses[model][batch]` as `[batches, models]`."""
    return np.array([[number(v) for v in model] for model in losses], dtype=np.float64).T


CHECKS: dict[str, Callable[[Row, Match], None]] = {
    "epsilon": check_epsilon,
    "iswin": check_iswin,
    "wins": check_wins,
    "tracker": check_tracker,
    "retry": check_retry,
    "legacy_persample": check_per_sample,
    "legacy_7bstar": check_7bstar,
    "episode": check_episode,
    "sn29_wins": check_sn29,
    "sn37_episode": check_sn37_episode,
}
"""The check for each value of a row's `kind`."""
