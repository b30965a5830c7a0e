"""The subnet's own rule."""

from reward_life import crown, live

from policies.rewards import build


def test_the_subnet_pays_by_weight():
    """The subnet's own rule pays the weights."""
    life = live(build("subnet"), [crown(0), crown(2, 0.1)])
    assert life.paid.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
