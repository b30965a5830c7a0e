"""The tables of a pass: what their rows say together."""

from math import log

import pytest
from small_race import finished, lane, small_race

from experiments.results.tables import submissions, tables
from sim.race.race import NoiseLevel


@pytest.mark.parametrize("policy", ["linear", {"fixed": {"epsilon": 0}}])
def test_gains_of_crowns_telescope(policy):
    """Whatever the noise, the gains of all crowns sum to ln(L0 / L_H): who pays by them pays the descent (D14)."""
    rows = [(i * 1000, f"m{i % 4}", 3.0 * (1 - 0.001 * (i * 7 % 11))) for i in range(12)]
    world = finished(small_race(*rows), lane(policy), worlds=(4, 9), noise=NoiseLevel(paired=0.002))
    for number, found in tables(world, [4, 9]).items():
        events = found["events"].to_pydict()
        assert set(events["kind"]) == {"crown"}
        final = found["metrics"]["final_loss"][0].as_py()
        assert sum(events["gain"]) == pytest.approx(log(3.0 / final)), number
        assert sum(events["days"]) + events["day"][0] == pytest.approx(world.scenario.days)


def test_submissions_are_events_of_no_lane():
    """Each says how much it improved on the best loss before; the first, and a worse one, show nothing or less."""
    events = submissions(small_race((0, "ann", 4.0), (7200, "bob", 2.0), (14_400, "cid", 3.0))).to_pydict()
    assert events["gain"] == pytest.approx([0.0, log(4 / 2), log(2 / 3)])
    assert (events["day"], events["miner"], set(events["lane"])) == ([0.0, 1.0, 2.0], ["ann", "bob", "cid"], {""})
