"""How much of a model another one was built on, by the owners in their lines."""

from policies.arrays import Array, namespace


def similarity(older: tuple[Array, Array], newer: tuple[Array, Array]) -> Array:
    """The share of the owners in a model's line whose work the other model has in it too.

    A copy has everything of its original, and so has what was trained on it: 1. Models that go back to different runs
    from scratch have nothing in common: 0.

    Args:
        older, newer: the families, `[...]`, and the lines, `[words, ...]`, of models, as in `Models`.

    Returns:
        float64 `[...]`, broadcast; 0 for a model without owners.
    """
    xp = namespace(older[0])
    kin = older[0] == newer[0]
    shared, all_of_it = (xp.astype(owners(line), xp.float64) for line in (older[1] & newer[1], older[1]))
    return xp.where(kin & (all_of_it > 0), shared / xp.where(all_of_it > 0, all_of_it, 1), 0.0)


def owners(line: Array) -> Array:
    """How many owners there are in lines, int `[words, ...]` -> `[...]`."""
    xp = namespace(line)
    if hasattr(xp, "bitwise_count"):
        return xp.sum(xp.bitwise_count(line), axis=0, dtype=xp.int64)
    # torch cannot count bits: they are summed in pairs, fours, bytes, and so on
    twos = line - ((line >> 1) & 0x5555555555555555)
    fours = (twos & 0x3333333333333333) + ((twos >> 2) & 0x3333333333333333)
    bytes_ = (fours + (fours >> 4)) & 0x0F0F0F0F0F0F0F0F
    halves = bytes_ + (bytes_ >> 8)
    quarters = halves + (halves >> 16)
    return xp.sum((quarters + (quarters >> 32)) & 0x7F, axis=0)
