"""From pairs to win rates, and from win rates to the weights of one step."""

from policies.arrays import Array, namespace
from sim.mechanism.sums import ordered_sum


def wins(beaten: Array, among: Array) -> Array:
    """Wins of each model over the others `[models, *lanes]`, counting only models that are `among` them; else 0."""
    xp = namespace(beaten)
    return xp.sum(beaten & among[None, :, ...], axis=1, dtype=xp.int64) * among


def win_rate(won: Array, among: Array, alone: float = 1.0) -> Array:
    """Wins as a share of matches, float64; a model without opponents gets `alone` (0 before v4.5.3)."""
    xp = namespace(won)
    matches = xp.sum(among, axis=0, dtype=xp.int64) - 1
    rate = xp.astype(won, xp.float64) / xp.where(matches > 0, matches, 1)
    return xp.where(matches > 0, rate, xp.where(among, alone, 0.0))


def softmax(rate: Array, temperature: Array, present: Array | None = None) -> Array:
    """Weights of one step, float32: softmax over all evaluated models, filtered ones included with a win rate of 0."""
    xp = namespace(rate)
    scaled = xp.astype(rate, xp.float32) / xp.asarray(temperature, dtype=xp.float32)
    if present is not None:
        scaled = xp.where(present, scaled, xp.asarray(-3e38, dtype=xp.float32))  # finite: an empty pool gives no NaN
    # float64 for the one function whose last bit differs between libraries, so that all of them give the same weights
    raised = xp.astype(xp.exp(xp.astype(scaled - xp.max(scaled, axis=0), xp.float64)), xp.float32)
    return raised / ordered_sum(raised)


def winner_shares(rate: Array, present: Array | None = None) -> Array:
    """SN37's step weights, float32: everything to the highest win rate, equal shares on a tie."""
    xp = namespace(rate)
    if present is not None:
        rate = xp.where(present, rate, -1.0)
    best = xp.astype(rate == xp.max(rate, axis=0), xp.float32)
    return best / ordered_sum(best)
