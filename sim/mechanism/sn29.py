"""SN29 (coldint): one point per sample, and the advantage decays to nothing with a half-life of a week."""

from dataclasses import dataclass

from policies.arrays import Array, namespace
from sim.mechanism.sums import ordered_sum

EPOCH_BLOCKS = 361
"""Blocks per epoch in SN29's formula."""


@dataclass(frozen=True)
class SampleChampions:
    """Points, their share with and without the advantage, the factors on the loss, the weights; `[models, *lanes]`."""

    wins: Array
    rate: Array
    plain_rate: Array
    factor: Array
    weights: Array


def advantage(now: Array, block: Array, initial: float = 0.004, decay: float = 0.995) -> Array:
    """SN29's epsilon, `initial * decay^(age / 361)`; 0 for a model that is newer than `now`.

    As a policy it is half-life with a half-life of 361 * ln 2 / -ln(decay) blocks and no floor.
    """
    xp = namespace(block)
    age = xp.maximum((now - block) / EPOCH_BLOCKS, 0.0)
    return xp.where(now < block, 0.0, initial * xp.pow(xp.asarray(decay), age))


def sample_champions(losses: Array, block: Array, epsilon: Array, skew: Array = 2.0) -> SampleChampions:
    """Walk from the oldest model to the newest; on each sample a newer one takes the point if it undercuts the bar.

    Args:
        losses: sum losses `[samples, models, *lanes]`, float64; NaN on a sample compares as false (P19), and counts as
            the lowest where there is no advantage.
        block: commit blocks `[models, *lanes]`.
        epsilon: advantage of each model at its own age, `[models, *lanes]`, see `advantage`.
        skew: weights are the win rate to this power, normalised; a number or `[*lanes]`.
    """
    xp = namespace(losses)
    factor = 1.0 - epsilon
    order = xp.argsort(block, axis=0, stable=True)
    points = _points(losses, order, factor)
    plain = _points(xp.where(xp.isnan(losses), -xp.inf, losses), order, xp.ones_like(factor))
    rate, plain_rate = (xp.astype(won, xp.float64) / losses.shape[0] for won in (points, plain))
    # one exponent per rate: numpy takes a square for a lone 2.0, which rounds differently from a power
    raised = xp.pow(rate, xp.asarray(skew) + xp.zeros_like(rate))
    return SampleChampions(points, rate, plain_rate, factor, raised / ordered_sum(raised))


def _points(losses: Array, order: Array, factor: Array) -> Array:
    """Samples won by each model; walks the models, all samples and lanes at once."""
    xp = namespace(losses)
    places = xp.reshape(order, (1, *order.shape))
    sorted_losses = xp.take_along_axis(losses, xp.broadcast_to(places, losses.shape), axis=1)
    bars = xp.take_along_axis(factor, order, axis=0)
    champion = xp.zeros_like(losses[:, 0, ...], dtype=xp.int64)
    best, bar = sorted_losses[:, 0, ...], bars[0, ...] + xp.zeros_like(losses[:, 0, ...])
    for place in range(1, losses.shape[1]):
        taken = sorted_losses[:, place, ...] < best * bar
        champion = xp.where(taken, place, champion)
        best = xp.where(taken, sorted_losses[:, place, ...], best)
        bar = xp.where(taken, bars[place, ...], bar)
    won = xp.stack([xp.sum(champion == place, axis=0, dtype=xp.int64) for place in range(losses.shape[1])])
    return xp.take_along_axis(won, xp.argsort(order, axis=0, stable=True), axis=0)
