"""The spec of a replay."""

import pytest
from small_race import ROWS

from experiments.data import RECIPES
from experiments.recipe.recipe import load
from experiments.recipe.replay import spec_of
from policies import InputError

USUAL = {"unit": None, "days_per_day": 1.0, "noise": 0.001, "rules": "sn9-2025-03", "worlds": None, "seed": None}


def test_a_replay_has_the_shipped_panel(tmp_path):
    """The lanes and the baseline are those of `races.yaml`; the race, its noise and its pace are the caller's."""
    path = tmp_path / "my race.csv"
    path.write_text(ROWS)
    spec, shipped = spec_of([str(path)], None, **USUAL), load(RECIPES / "races.yaml")
    assert [lane.name for lane in spec.lanes] == [lane.name for lane in shipped.lanes]
    assert (spec.baseline, spec.recipe.name) == (shipped.baseline, "replay-my-race")
    assert (spec.races[0].name, spec.setting.noise.paired, spec.recipe.worlds) == ("my race", 0.001, 8)
    assert len(spec_of([str(path)], ["fixed"], **USUAL | {"worlds": 3}).lanes) == 1


def test_a_name_that_is_no_text_is_refused():
    """A file's name that is not UTF-8 could not be written into the spec."""
    with pytest.raises(InputError, match="is not UTF-8 text; rename the file"):
        spec_of(["race\udcff.csv"], None, **USUAL)
