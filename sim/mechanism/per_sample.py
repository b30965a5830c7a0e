"""Wins per sample, as in 2023-24: every pair of models is compared on every batch, not on average losses."""

from policies.arrays import Array, namespace
from sim.mechanism.pair import beats
from sim.mechanism.win_rate import softmax


def sample_wins(losses: Array, block: Array, epsilon: Array, present: Array | None = None) -> tuple[Array, Array]:
    """Wins over all opponents and batches, and their share of all matches (SN9 v4.4.0, 721efa7).

    Args:
        losses: `[batches, models, *lanes]`, float64.
        block, epsilon: commit blocks and advantages, `[models, *lanes]`.
        present: bool `[models, *lanes]`: which slots hold a model.

    Returns:
        wins, int64, and win rate, float64, `[models, *lanes]`; the rate is 0 where there was no match.
    """
    xp = namespace(losses)
    among = xp.ones_like(losses[0, ...], dtype=xp.bool) if present is None else present
    won = xp.zeros_like(among, dtype=xp.int64)
    for batch in range(losses.shape[0]):
        won = won + xp.sum(beats(losses[batch, ...], block, epsilon) & among[None, ...], axis=1, dtype=xp.int64)
    won = won * among
    matches = losses.shape[0] * (xp.sum(among, axis=0, dtype=xp.int64) - 1)
    rate = xp.astype(won, xp.float64) / xp.where(matches > 0, matches, 1)
    return won, xp.where(matches > 0, rate, 0.0)


def blend(rate: Array, experiment: Array, share: float = 0.123, temperature: float = 0.01) -> Array:
    """The 7B* experiment's step weights, float32 (SN9 v4.1.0, d017f7b): two softmaxes, two first places (P16)."""
    xp = namespace(rate)
    main = softmax(rate, temperature) * xp.asarray(1 - share, dtype=xp.float32)
    return main + softmax(experiment, temperature) * xp.asarray(share, dtype=xp.float32)
