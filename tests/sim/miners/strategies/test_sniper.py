"""The sniper."""

from math import exp, log, log1p

import pytest
from looks import decides, submits

from policies import build
from sim.miners.strategies.sniper import Sniper
from sim.miners.testing import StrategyContract


class TestSniper(StrategyContract):
    """The contract, and its own rule."""

    strategy = Sniper

    @pytest.mark.parametrize("spec", ["linear", {"half-life": {"half_life_blocks": 9000}}])
    def test_commits_for_the_crossing(self, spec: object) -> None:
        """Linear: T (eps0 - e) / (eps0 - eps1); exponential: tau ln((eps0 - eps1) / (e - eps1)); less the lead."""
        gain, noise, lead = 0.003, 0.001, 400
        e = 1 - exp(-(gain - 1.5 * noise))
        crossing = {
            "linear": 14_400 * (0.005 - e) / 0.0049,
            "half-life": 9000 / log(2) * log(0.0049 / (e - 0.0001)),
        }[build(spec).name()]
        ages = [0.0, crossing - lead - 0.01, crossing - lead + 0.01, 50_000.0]
        assert submits("sniper", build(spec), gain=gain, noise=noise, age=ages) == [False, False, True, True]

    def test_trains_until_the_decay_will_do_the_rest(self) -> None:
        """Up to z standard errors above the lowest bar."""
        enough = -log1p(-0.0001) + 1.5 * 0.001
        given = {"gain": [enough - 1e-9, enough + 1e-9], "noise": 0.001}
        assert decides("sniper", "train", build("linear"), **given) == [True, False]
        assert submits("sniper", build("linear"), **given) == [False, False]
