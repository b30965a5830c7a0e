"""What an advantage costs: each policy of the shelf over many models and lanes, and the costliest in a world."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from experiments.bench_row import best_of, row
from policies import Policy, build, find, names
from policies.nested import Nested
from policies.parameter import Parameter
from policies.seen import Seen
from sim.backend import Backend, backend
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.streams import stream
from sim.world import World

MODELS, LANES, DAYS = 256, 1000, 30
ALLOWED_BY_AGE, ALLOWED, ALLOWED_RATIO = 1e-3, 5e-3, 2.0
"""Seconds for policies of the age alone and for the others, and how many times as long as `fixed` a world may take."""
REPEATS = 40
WORLD_LANES, WORLD_DAYS, TRIAL_DAYS = 128, 10.0, 1.0


def policy_rows(device: str = "numpy", models: int = MODELS, lanes: int = LANES) -> list[dict[str, Any]]:
    """A row per policy, and what single functions of the array library cost at the same size."""
    place = backend(device)
    age, seen = history(place, models, lanes)
    keep_memory()
    rows = [_policy_row(find(name), age, seen, place, models, lanes) for name in names()]
    share = (age + 1.0) / (DAYS * BLOCKS_PER_DAY)
    for name in ("exp", "log", "cos"):
        seconds = best_of(REPEATS, partial(_bare, getattr(place.xp, name), share))
        rows.append(row(f"bare {name} of numbers from 0 to 1", lanes, models, DAYS, seconds, device))
    return rows


def duel_rows(device: str = "numpy", lanes: int = WORLD_LANES, days: float = WORLD_DAYS) -> list[dict[str, Any]]:
    """A world in which all lanes run `fixed`, and one in which all run what takes longest in a short world."""
    costliest = max(names(), key=lambda name: _world_seconds(name, lanes, min(TRIAL_DAYS, days), device))
    alone = {name: min(_world_seconds(name, lanes, days, device) for _ in range(2)) for name in ("fixed", costliest)}
    rows = [
        row(f"world: {label}", lanes, MODELS, int(days), alone[name], device)
        for label, name in (("fixed epsilon alone", "fixed"), (f"costliest policy alone, {costliest}", costliest))
    ]
    rows[1] |= {"ratio": alone[costliest] / alone["fixed"], "allowed_ratio": ALLOWED_RATIO}
    return rows


def spread(policy: type[Policy], lanes: int) -> Policy:
    """Other parameters in each lane, within the search ranges; a policy around others has its usual one inside."""
    draw = stream(0, "bench", policy.name())
    values = {key: _drawn(p, draw.random(lanes)) for key, p in policy.parameters().items()}
    for low, _, high in policy.rules:
        values[low] = np.minimum(values[low], values[high])
    inside = {"then": spread(policy.usual, lanes)} if issubclass(policy, Nested) else {}
    return policy.unchecked(**inside, **values)


def history(place: Backend, models: int, lanes: int) -> tuple[Any, Seen]:
    """Ages in whole blocks up to 30 days, and what is known of the models: a tenth have been king."""
    draw = stream(0, "bench", "history")
    shape = (models, lanes)
    age = np.floor(draw.uniform(0.0, DAYS * BLOCKS_PER_DAY, shape))
    king = draw.random(shape) < 0.1
    facts = {
        "since": np.where(king, np.floor(age * draw.random(shape)), age),
        "gain": np.where(king, draw.exponential(2e-3, shape), 0.0),
        "gap": np.where(king, draw.exponential(2.0, shape), np.inf),
        "loss": np.where(king, draw.normal(2.5, 0.05, shape), np.nan),
        "error": draw.uniform(3e-4, 2e-3, shape),
        "similarity": draw.random(shape),
        "now": np.full(lanes, float(DAYS * BLOCKS_PER_DAY)),
    }
    return place.array(age), Seen(**{key: place.array(value) for key, value in facts.items()})


def keep_memory() -> None:
    """Take and free one large array: from then on glibc keeps freed memory, and no run waits for new pages."""
    np.ones(3_900_000)


def _policy_row(kind: type[Policy], age: Any, seen: Seen, place: Backend, models: int, lanes: int) -> dict[str, Any]:
    policy = spread(kind, lanes).on(age) if place.xp is not np else spread(kind, lanes)
    facts = seen.of(slice(None), policy.begin(age[0])) if policy.reads else None
    seconds = best_of(REPEATS, lambda: _done(policy.epsilon(age, facts)))
    found = row(f"epsilon: {kind.name()}", lanes, models, DAYS, seconds, place.name)
    return found | {"class": policy.state, "allowed_ms": 1e3 * (ALLOWED if policy.reads else ALLOWED_BY_AGE)}


def _bare(function: Callable[[Any], Any], values: Any) -> float:
    return _done(function(values))


def _done(values: Any) -> float:
    """One number of them: a device has to have finished for it."""
    return float(values[0, 0])


def _drawn(parameter: Parameter, share: np.ndarray) -> np.ndarray:
    low, high = parameter.search
    if parameter.scale == "log":
        return np.asarray(low * (high / low) ** share)
    values = low + (high - low) * share
    return np.round(values) if parameter.scale == "integer" else values


def _world_seconds(name: str, lanes: int, days: float, device: str) -> float:
    panel = [Lane(str(lane), build(name)) for lane in range(lanes)]
    world = World(Scenario(days=days, miners=MODELS), panel, 0, [0], device)
    return best_of(1, world.run)
