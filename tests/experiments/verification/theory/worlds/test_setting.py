"""Plans of worlds."""

from experiments.verification.theory.worlds.setting import split


def test_a_plan_is_split():
    """Ten worlds in passes of four are 0 to 3, 4 to 7, 8 and 9; none are none."""
    parts = split([(dict, 0, 10, 4), (list, 2, 0, 4)], quick=False)
    assert [(part.func, part.args[0]) for part in parts] == [
        (dict, range(4)),
        (dict, range(4, 8)),
        (dict, range(8, 10)),
    ]
    assert [(part.func, part.args[0]) for part in split([(dict, 0, 10, 4), (list, 2, 0, 4)], True)] == [
        (list, range(2))
    ]
