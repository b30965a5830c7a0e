"""One check per kind of conformance vector: compute a row's answers and compare them with the recorded ones."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.verification.oracle.competitions import Tracker, advantage, blend, retry
from experiments.verification.oracle.episodes import check_episode, check_sn37_episode, compare_verdict, judged
from experiments.verification.oracle.match import Match
from experiments.verification.oracle.recorded import Row, dense, numbers, policy_of
from sim.mechanism.judge import beats, judge
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules
from sim.mechanism.samples import judge_samples, points, skewed


def check_epsilon(row: Row, match: Match) -> None:
    """epsilon of a model at a block, or the error that the original raises."""
    try:
        policy = policy_of(row["eps"])
    except ZeroDivisionError:
        match.same("error", row.get("error"), "ZeroDivisionError")
        return
    age = float(row["current_block"]) - float(row["model_block"])
    # a policy refuses NaN, but the original answers it for an age of inf - inf; the bare formula does too
    found = policy.curve(age) if math.isnan(age) else float(policy.epsilon(age))
    match.same("epsilon", row.get("out", row.get("error")), found)


def check_iswin(row: Row, match: Match) -> None:
    """Whether model i beats model j."""
    policy = policy_of(row["eps"])
    sides: list[float] = []
    for side in ("i", "j"):
        score, block = float(row[f"loss_{side}"]), float(row[f"block_{side}"])
        sides += [score, block, float(policy.epsilon(float(row["current_block"]) - block))]
    match.same("i wins", row["out"], bool(beats(*sides)))


def check_wins(row: Row, match: Match) -> None:
    """Filter, wins, win rates and softmax of one pool."""
    out, policy = row["out"], policy_of(row["eps"])
    pool, lost = judged(row, policy, Rules(temperature=row["temperature"]))
    compare_verdict("", out, row["uids"], pool, match)
    match.same("step_error", out.get("step_error"), "ValueError" if lost else None)
    match.close("softmax", numbers(out["softmax"]).astype(np.float32), pool["weight"])
    if "wins_unfiltered" in out:
        judge(pool, EACH_HAS_ONE, EACH_HAS_ONE, False, Rules(filtered=False).record())
        match.same("wins_unfiltered", out["wins_unfiltered"], pool["wins"])


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
    history = [[float(v) for v in entry] for entry in row["history"]]
    finite = [entry for entry in history if entry[1] != np.inf]
    _, score, winner_block, winner_score = finite[-1] if finite else [0.0, np.inf, 0.0, np.inf]
    epsilon = float(policy_of(row["eps"]).epsilon(float(row["current_block"]) - winner_block))
    match.same("retry", row["out"], bool(retry(len(history), score, winner_score, epsilon)))


def check_per_sample(row: Row, match: Match) -> None:
    """Wins per sample, v4.4.0."""
    block, out = numbers(row["block"]), row["out"]
    epsilon = policy_of(row["eps"]).epsilon(float(row["current_block"]) - block)
    pool = _sampled(row, epsilon)
    match.same("wins", out["wins"], pool["wins"])
    match.same("win_rate", out["win_rate"], pool["rate"])
    match.close("softmax", numbers(out["softmax"]).astype(np.float32), pool["weight"])


def check_7bstar(row: Row, match: Match) -> None:
    """The 7B* blend, v4.1.0: the same losses under two fixed epsilons."""
    out, step_weights = row["out"], numbers(row["out"]["step_weights"]).astype(np.float32)
    main, experiment = _sampled(row, row["epsilon"]), _sampled(row, row["epsilon_experiment"])
    match.same("wins", out["wins"], main["wins"])
    match.same("win_rate", out["win_rate"], main["rate"])
    match.same("wins_experiment", out["wins_experiment"], experiment["wins"])
    match.same("win_rate_experiment", out["win_rate_experiment"], experiment["rate"])
    match.close("step_weights", step_weights, blend(main, experiment, row["experiment_weight"]))


def _sampled(row: Row, epsilon: Any) -> np.ndarray:
    """The pool of a row, judged sample by sample, as before releases had a filter."""
    block = numbers(row["block"])
    pool = pool_of(np.zeros(len(block)), block, epsilon)
    pool["competitive"] = True
    judge_samples(pool, _by_batch(row["losses"]), EACH_HAS_ONE, False, Rules(wins="per-sample").record())
    return pool


def check_sn29(row: Row, match: Match) -> None:
    """SN29's points per sample; a model without losses is dropped first."""
    out = row["out"]
    there = [i for i, losses in enumerate(row["losses"]) if losses is not None]
    if not there:
        match.same("out", [], list(out))
        return
    losses = _by_batch([row["losses"][i] for i in there])
    block, how = numbers([row["block"][i] for i in there]), (row["advantage_initial"], row["advantage_decay_per_epoch"])
    pool = pool_of(losses[0], block, [advantage(float(row["current_block"]), b, *how) for b in block.tolist()])
    won, plain = points(pool, losses, True), points(pool, losses, False)
    answers: dict[str, tuple[Any, Any]] = {
        "wins": (won, 0),
        "win_rate": (won / len(losses), 0.0),
        "win_abs_rate": (plain / len(losses), 0.0),
        "advantage_factor": (1.0 - pool["epsilon"], None),
        "weights": (skewed(won / len(losses), float(row.get("skew", 1.0))), 0.0),
    }
    for what in answers.keys() & out.keys():
        got, absent = answers[what]
        everyone: list[Any] = [absent] * len(row["losses"])
        for i, value in zip(there, got.tolist(), strict=True):
            everyone[i] = value
        (match.nearly if what == "weights" else match.same)(what, out[what], everyone)


def _by_batch(losses: list[list[Any]]) -> np.ndarray:
    """`losses[model][batch]` as `[batches, models]`."""
    return np.array([[float(v) for v in batch] for batch in zip(*losses, strict=True)], dtype=np.float64)


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
