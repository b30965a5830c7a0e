"""What other subnets use or used: named presets with their constants, dates and sources (sn9-mechanism C)."""

import re
from dataclasses import dataclass
from typing import Any

from policies import InputError, Policy, build
from policies.rewards import build as build_reward
from policies.rewards.base import Reward
from sim.mechanism.eras import names, subnet, suggest


@dataclass(frozen=True)
class Elsewhere:
    """A rule of another subnet.

    Attributes:
        policy: its margin as a policy, in the form of YAML.
        source: the repository that it was read from.
        about: the rule in its own words and constants.
        mapped: what had to be changed, where a rule speaks of scores or does more than a margin; empty where nothing.
        reward: how it pays, where that is part of the rule.
    """

    policy: Any
    source: str
    about: str
    mapped: str = ""
    reward: Any = None


def _noise_floor(errors: float, epsilon: float, reference_loss: float | None = None) -> Any:
    """A fixed margin, but at least so many standard errors; in nats where it is one of a loss of that height."""
    margin: Any = {"fixed": {"epsilon": epsilon}}
    if reference_loss is not None:
        margin = {"absolute-margin": {"reference_loss": reference_loss, "then": margin}}
    return {"noise-floor": {"errors": errors, "then": margin}}


SCORES = "scores become losses: the margin on the score is taken as one on the loss"

PRESETS = {
    "sn6-2024-01-26": Elsewhere({"fixed": {"epsilon": 0.005}}, "NousResearch/finetuning-subnet", "fixed 0.5 %"),
    "sn6-2024-02-02": Elsewhere({"fixed": {"epsilon": 0.02}}, "NousResearch/finetuning-subnet", "fixed 2 %"),
    "sn6-2024-02-08": Elsewhere({"fixed": {"epsilon": 0.01}}, "NousResearch/finetuning-subnet", "fixed 1 %"),
    "sn6-2024-02-15": Elsewhere(
        {"grace": {"grace_blocks": 3600, "then": {"linear": {"start": 0.01, "end": 1e-5, "decay_blocks": 3600}}}},
        "NousResearch/finetuning-subnet PR 9",
        "1 % for 12 hours, then down to 0.001 % at 24 hours; proposed, not merged",
    ),
    "sn11-2024": Elsewhere(
        {"fixed": {"epsilon": 0.03}}, "impel-intelligence/dippy-bittensor-subnet", "the later score loses 3 %", SCORES
    ),
    "sn21-2025": Elsewhere(
        {"fixed": {"epsilon": 0.01}}, "omegalabsinc/omegalabs-anytoany-bittensor", "the later score loses 1 %", SCORES
    ),
    "sn21-2025-02-27": Elsewhere(
        {"fixed": {"epsilon": 0.1}},
        "omegalabsinc/omegalabs-anytoany-bittensor",
        "10 %, for some hours; taken back as too strict",
        SCORES,
    ),
    "sn120-2025-08-12": Elsewhere(
        _noise_floor(1.645, 0.01),
        "AffineFoundation/affine",
        "better by max(0.01, 1.645 standard errors) in every environment",
        f"{SCORES}; one environment",
    ),
    "sn120-2025-09-16": Elsewhere(
        _noise_floor(0.5, 0.005),
        "AffineFoundation/affine",
        "better by max(0.005, 0.5 standard errors)",
        f"{SCORES}; one environment",
    ),
    "sn120-2026-04": Elsewhere(
        {"fixed": {"epsilon": 0.02}},
        "AffineFoundation/affine-cortex PR 351",
        "champion challenge with a margin of 2 %",
        f"{SCORES}; one environment, no exclusion after three losses",
    ),
    "sn56-2026-07-01": Elsewhere({"fixed": {"epsilon": 0.01}}, "rayonlabs/G.O.D", "the boss is beaten by 1 %"),
    "sn76-2024": Elsewhere(
        {"fixed": {"epsilon": 0.001}},
        "safe-scan-ai/cancer-ai",
        "margin 0.001; after 30 days of reign the king's pay falls by a tenth a week, to a tenth",
        f"{SCORES}; the pay falls from the first day, by half in 42 days, and what is not paid is burned",
        {"bounty": {"least": 0.1, "half_life_days": 42.0, "burn": 1.0}},
    ),
    "sn62-2025-08": Elsewhere(
        {"descent-shield": {"kappa": 0.426, "end": 0.0, "most": 0.05, "half_life_blocks": 3585}},
        "ridgesai/ridges",
        "bar 0.30 of the last jump times (1 + 0.84 s), decaying with 0.05 max(0.1, 1 - 0.84 s) per 30 minutes",
        f"{SCORES}; taken at s = 0.5, without the bonus for novelty",
    ),
    "sn62-2026-08": Elsewhere(
        {"fixed": {"epsilon": 0.03}},
        "ridgesai/ridges",
        "gains of at least 3 % earn ln(1 + gain) each, which fades with a half-life of 336 hours",
        f"{SCORES}; without the bonus for the time since the last improvement",
        {"royalty": {"tau_days": 20.2}},
    ),
    "sn3-2026-04-14": Elsewhere(
        _noise_floor(3.09, 0.004, reference_loss=2.5),
        "unarbos/teutonic",
        "the 0.1 % quantile of the bootstrapped mean gain must exceed 0.01 nats",
        "the larger of 0.01 nats and 3.09 standard errors, not their sum",
    ),
    "sn3-2026-05-01": Elsewhere(
        _noise_floor(3.09, 0.00004),
        "unarbos/teutonic",
        "as before with 1/N nats, N = 10,000; found too permissive",
        "the larger, not the sum",
    ),
    "sn3-2026-05-09": Elsewhere(
        _noise_floor(3.09, 0.001, reference_loss=2.5),
        "unarbos/teutonic",
        "as before with 0.0025 nats; the last five kings share alike",
        "the larger, not the sum",
        {"last-kings": {"kings": 5, "ratio": 1.0}},
    ),
    "sn3-2026-05-21": Elsewhere(
        _noise_floor(3.09, 0.001),
        "unarbos/teutonic",
        "as before with 0.1 % of the king's average loss; the last five kings share alike",
        "the larger, not the sum",
        {"last-kings": {"kings": 5, "ratio": 1.0}},
    ),
    "sn3-2026-04-23": Elsewhere(
        _noise_floor(3.09, 0.004, reference_loss=2.5),
        "unarbos/teutonic",
        "as in April, and the last three kings share 75, 19 and 6 %",
        "the larger, not the sum; shares 76, 19 and 5 %",
        {"last-kings": {"kings": 3, "ratio": 0.25}},
    ),
    "sn29-hall-of-fame": Elsewhere(
        {"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": 49_920}},
        "coldint/coldint_validator",
        "a bounty is paid out by 0.5 % of what is left per 361 blocks, before everything else",
        "bounties are in proportion to gains; people set them there",
        {"prize": {"unlock_days": 10.0}},
    ),
    "trajectoryrl-2026": Elsewhere(
        {"excess-entropy": {"entropy": 1.69, "then": {"fixed": {"epsilon": 0.03}}}},
        "trajectoryRL/trajectoryRL PR 285",
        "3 %, falling to 0 towards the best possible score",
        f"{SCORES}; the best possible loss is 1.69 nats",
    ),
    "sn1-apex": Elsewhere(
        {"fixed": {"epsilon": 0.01}},
        "macrocosm-os/apex",
        "winner takes all, bar 1 %",
        f"{SCORES}; without the burn, whose formula is not public",
    ),
}
"""By name. Left out, because no policy says it: the bar that falls with every defence (sn56, 2025), the clipped error
rate and disjoint intervals (sn120, late 2025), and marginal loss contribution, which has no king."""


def elsewhere(name: str) -> tuple[Policy, Reward | None]:
    """The policy and the reward of a preset; None pays as the subnet does.

    Raises:
        InputError: there is none of that name; presets of a subnet exist at certain dates only.
    """
    if name not in PRESETS:
        raise InputError(f"there is no preset {name!r}; {suggest(name, (*names(), *PRESETS))}", ("preset",))
    found = PRESETS[name]
    return build(found.policy), None if found.reward is None else build_reward(found.reward)


def known(name: str) -> bool:
    """Whether a name speaks of another subnet, and so is no policy; SN9, SN37 and SN29 have eras."""
    if name in PRESETS or subnet(name) in {subnet(each) for each in names()}:
        return name in PRESETS
    return subnet(name) in {subnet(each) for each in PRESETS} or re.fullmatch(r"sn\d+", subnet(name)) is not None
