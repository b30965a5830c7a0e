"""Recorded episodes of one validator, step by step: pool, verdict, averages, weights for the chain, keep-set."""

from typing import Any

import numpy as np

from experiments.verification.oracle.competitions import Tracker, turn
from experiments.verification.oracle.match import Match
from experiments.verification.oracle.recorded import Row, dense, numbers, policy_of
from policies import Policy
from sim.mechanism.judge import judge
from sim.mechanism.keep import keep_order
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules


def check_episode(row: Row, match: Match) -> None:
    """SN9's step tail over many steps, through schedule switches, growth and lost steps."""
    tracker = Tracker(row["init_num_neurons"], row["alpha"])
    waiting: dict[int, set[int]] = {}
    global_step = 0
    for step in row["steps"]:
        at = f"step {step['step']}"
        schedule = [(c, policy_of(eps), reward) for c, eps, reward in step["schedule"]]
        competition, policy, _ = turn(schedule, global_step)
        match.same(f"{at} global_step", step["global_step"], global_step)
        match.same(f"{at} comp", step["comp"], competition)
        for key, uids in step["pending_added"].items():
            waiting.setdefault(int(key), set()).update(uids)
        pool = waiting.get(competition, set())
        match.same(f"{at} uids", sorted(step["uids"]), sorted(pool))
        if step.get("skipped"):
            global_step += 1
            continue
        found, lost = judged(step, policy, Rules(temperature=row["temperature"]))
        match.same(f"{at} error", step["out"].get("error"), "ValueError" if lost else None)
        if lost:
            _compare_averages(at, step["out"], tracker, _subnet(tracker, row, schedule), match)
            continue
        global_step += 1
        _record(tracker, competition, step, found, [c for c, _, _ in schedule])
        waiting = {c: w for c, w in waiting.items() if c in {c for c, _, _ in schedule}}
        kept = _keep_set(tracker, competition, step, found, row["sample_min"])
        waiting[competition] = set(kept)
        _compare(at, step["out"], step["uids"], found, kept, match)
        _compare_averages(at, step["out"], tracker, _subnet(tracker, row, schedule), match)
        for key, uids in step["out"]["uids_to_eval_after"].items():
            if int(key) == competition:
                match.same(f"{at} uids_to_eval_after", uids, sorted(kept))


def check_sn37_episode(row: Row, match: Match) -> None:
    """SN37's step tail: no filter, everything to the highest win rate, small averages dropped."""
    tracker = Tracker(row["init_num_neurons"], row["alpha"])
    for step in row["steps"]:
        if not step["uids"]:
            continue
        at = f"step {step['step']}"
        policy = {c: policy_of(eps) for c, eps, _ in row["schedule"]}[step["comp"]]
        found, _ = judged(step, policy, Rules(filtered=False, winner_takes_all=True, alone=0.0))
        _record(tracker, step["comp"], step, found, [c for c, _, _ in row["schedule"]])
        subnet = _subnet(tracker, row, row["schedule"])
        kept = _keep_set(tracker, step["comp"], step, found, row["sample_min"])
        _compare(at, {**step["out"], "competitive": step["uids"]}, step["uids"], found, kept, match)
        _compare_averages(at, step["out"], tracker, subnet, match)


def judged(step: Row, policy: Policy, rules: Rules) -> tuple[np.ndarray, bool]:
    """The pool of a recorded step with its verdict, and whether the step is lost."""
    score, block = numbers(step["score"]), numbers(step["block"])
    pool = pool_of(score, block, policy.epsilon(float(step["current_block"]) - block), float(policy.epsilon(np.inf)))
    lost = judge(pool, EACH_HAS_ONE, EACH_HAS_ONE, False, rules.record())
    return pool, bool(lost)


def compare_verdict(prefix: str, out: Row, uids: list[int], pool: np.ndarray, match: Match) -> None:
    """Compare filter, wins, win rates and the best model of a judged pool with the recorded ones."""
    among = [uids.index(uid) for uid in out["competitive"]]
    competitive = [uid for uid, passed in zip(uids, pool["competitive"], strict=True) if passed]
    match.same(f"{prefix}competitive", out["competitive"], competitive)
    match.same(f"{prefix}wins", out["wins"], pool["wins"][among])
    match.same(f"{prefix}win_rate", out["win_rate"], pool["rate"][among])
    if "top_uid" in out:
        rate = np.where(pool["competitive"], pool["rate"], -1.0)
        match.same(f"{prefix}top_uid", out["top_uid"], uids[int(np.argmax(rate))] if among else None)


def _record(tracker: Tracker, competition: int, step: Row, found: np.ndarray, active: list[int]) -> None:
    neurons = max(step.get("num_neurons", tracker.neurons), tracker.neurons)
    weights = np.zeros(neurons, dtype=np.float32)
    weights[step["uids"]] = found["weight"]
    tracker.record(competition, weights)
    tracker.reset(active)


def _keep_set(tracker: Tracker, competition: int, step: Row, found: np.ndarray, size: int) -> list[int]:
    order = np.empty(len(found), dtype=np.int64)
    keep_order(found, tracker.average[competition][step["uids"]], order)
    return [step["uids"][i] for i in order[:size]]


def _subnet(tracker: Tracker, row: Row, schedule: list[Any]) -> np.ndarray:
    return tracker.subnet([(c, r) for c, _, r in schedule], row["min_comp_weight_threshold"])


def _compare(at: str, out: Row, uids: list[int], found: np.ndarray, kept: list[int], match: Match) -> None:
    compare_verdict(f"{at} ", out, uids, found, match)
    if "step_weights" in out:
        match.close(f"{at} step_weights", numbers(out["step_weights"]).astype(np.float32), found["weight"])
    match.same(f"{at} keep", out["keep"], sorted(kept))


def _compare_averages(at: str, out: Row, tracker: Tracker, subnet: np.ndarray, match: Match) -> None:
    match.same(f"{at} competitions", sorted(int(c) for c in out["ema"]), sorted(tracker.average))
    for key, pairs in out["ema"].items():
        if int(key) in tracker.average:
            match.close(f"{at} ema {key}", dense(pairs, tracker.neurons), tracker.average[int(key)])
    match.close(f"{at} subnet", dense(out["subnet"], tracker.neurons), subnet)
