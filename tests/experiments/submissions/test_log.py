"""A validator's recorded steps as a race."""

import json
import math

import numpy as np
import pytest
from places import BESIDE

from experiments.submissions import RaceError, read_race

RECORDED = BESIDE / "traces" / "sn9_validator" / "steps_2023-11.jsonl"


def log(folder, *steps, name="steps.jsonl"):
    """A log with a line per step; a step is a text or a mapping."""
    lines = [step if isinstance(step, str) else json.dumps(step) for step in steps]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def losses(**by_uid):
    """A step as a validator writes it, from `u7=3.5`."""
    return {uid[1:]: {"loss": loss, "Win Percentage": 0.5} for uid, loss in by_uid.items()}


def test_a_log_is_a_race(tmp_path):
    """Uids by appearance, one block apart; 43 s between steps; losses as the validator measured them."""
    path = log(
        tmp_path,
        losses(u20=4.0, u3=3.0) | {"pages": [1, 2], "best_average_loss": 3.0},
        losses(u3=3.5, u20=4.5),
        losses(u3=2.5, u20=3.5, u1=3.0),
    )
    race = read_race(path)
    assert race.miner == ("uid 3", "uid 20", "uid 1")
    assert race.block.tolist() == [0, 1, 9]
    assert race.observed.block.tolist() == [2, 2 + round(43 / 12), 2 + round(86 / 12)]
    assert race.observed.loss.tolist() == [[3.0, 4.0, math.inf], [3.5, 4.5, math.inf], [2.5, 3.5, 3.0]]
    assert (race.name, race.unit, race.builds_on) == ("steps", "nats", ((), (), ()))
    assert np.isnan(race.sd).all()


def test_the_true_loss_has_no_step_level(tmp_path):
    """A model of hard steps only is not worse for it: its loss is the grand mean plus its mean deviation."""
    path = log(tmp_path, losses(u1=3.0, u2=3.2), losses(u1=5.0, u2=5.2, u3=5.1))
    grand = (3.0 + 3.2 + 5.0 + 5.2 + 5.1) / 5
    assert read_race(path).loss.tolist() == pytest.approx([grand - 0.1, grand + 0.1, grand])


def test_losses_that_are_not_there(tmp_path):
    """Missing, null and infinite losses are inf; a uid without any finite one is left out."""
    path = log(
        tmp_path,
        '{"1": {"loss": 3.0}, "2": {"loss": NaN}, "3": {}, "4": {"loss": null}, "5": null}',
        '{"1": {"loss": Infinity}, "2": {"loss": 3.0}, "3": {"loss": 3}}',
    )
    race = read_race(path)
    assert race.miner == ("uid 1", "uid 2", "uid 3")
    assert race.observed.loss.tolist() == [[3.0, math.inf, math.inf], [math.inf, 3.0, 3.0]]


def test_newcomers_are_there_when_they_are_measured(tmp_path):
    """However many models appear at once, their blocks rise and none is later than its first step."""
    steps = [losses(**{f"u{u}": 3.0 for u in range(10 * k, 10 * k + 10)}) for k in range(4)]
    race = read_race(log(tmp_path, *steps))
    assert (np.diff(race.block) > 0).all()
    assert (np.diff(race.observed.block) > 0).all()
    assert (race.block.reshape(4, 10) <= race.observed.block[:, None]).all()


def test_the_log_is_known_by_its_content(tmp_path):
    """Steps are read whatever the file's ending."""
    assert len(read_race(log(tmp_path, losses(u1=3.0), name="steps.txt"))) == 1


def test_steps_keep_apart(tmp_path):
    """A compressed log is laid out on its clock, as long as steps do not share a block."""
    path = log(tmp_path, *[losses(u1=3.0)] * 3)
    stretched = read_race(path, days_per_day=2)
    assert stretched.observed.block.tolist() == [1, 1 + round(86 / 12), 1 + round(172 / 12)]
    with pytest.raises(RaceError, match=r"days_per_day is 0\.1, .* choose 0\.28 or more"):
        read_race(path, days_per_day=0.1)
    with pytest.raises(RaceError, match="smaller days_per_day"):
        read_race(path, days_per_day=1e300)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"1": {"loss": 3.0', "line 2 is .*, but every line must be one whole JSON object"),
        ("[1, 2]", "line 2 is .*whole JSON object"),
        ("[" * 100_000, "line 2 is .*whole JSON object"),
        ('{"1": {"loss": -3.0}}', r"line 2, uid 1: is -3\.0, but must be .* positive number"),
        ('{"1": {"loss": 0}}', "uid 1: is 0, but"),
        ('{"1": {"loss": "3.0"}}', r"uid 1: is '3\.0', but"),
        ('{"1": {"loss": true}}', "uid 1: is True, but"),
        ('{"1": {"loss": 1' + "0" * 400 + "}}", r"uid 1: is 10*\.\.\., but"),
        ('{"1": 3.0}', r"uid 1: is 3\.0, but must be an object"),
    ],
)
def test_a_line_that_breaks_a_rule(tmp_path, line, words):
    """A fault names the file, the line, the uid, the value, the rule and what to do."""
    with pytest.raises(RaceError, match=r"steps\.jsonl: .*" + words):
        read_race(log(tmp_path, losses(u1=3.0), line))


def test_a_file_that_is_no_log(tmp_path):
    """JSON lines without uids are a table, and logs without losses are no race."""
    with pytest.raises(RaceError, match=r"no column for the time or block; .*'step', 'val_loss'"):
        read_race(log(tmp_path, {"step": 1, "val_loss": 3.0}))
    with pytest.raises(RaceError, match="no uid has a finite loss"):
        read_race(log(tmp_path, {"1": {"loss": None}}))
    with pytest.raises(RaceError, match="no uid has a finite loss"):
        read_race(log(tmp_path, ""))
    (tmp_path / "bad.jsonl").write_bytes(b'{"1": {"loss": 3}}\n\xff\xfe')
    with pytest.raises(RaceError, match=r"line 2 is .*JSON"):
        read_race(tmp_path / "bad.jsonl")


def test_steps_are_in_nats(tmp_path):
    """Another unit contradicts a validator's log."""
    path = log(tmp_path, losses(u1=3.0))
    assert read_race(path, unit="nats").unit == "nats"
    with pytest.raises(RaceError, match="mixed units"):
        read_race(path, unit="bpb")


def test_too_large_a_log(tmp_path):
    """Steps times uids are bounded."""
    path = log(tmp_path, *[{str(k): {"loss": 3.0}} for k in range(4500)])
    with pytest.raises(RaceError, match=r"4,500 steps of 4,500 uids"):
        read_race(path)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded steps do not stand beside the checkout")
def test_the_recorded_steps():
    """Three of the recorded uids served one model, and have one loss to the last bit; uid 213 is the best."""
    race = read_race(RECORDED)
    assert race.miner == ("uid 213", "uid 215", "uid 223", "uid 251", "uid 255")
    assert race.observed.loss.shape == (1000, 5)
    assert np.isfinite(race.observed.loss).all()
    assert race.loss[1] == race.loss[3] == race.loss[4]
    assert race.loss.argmin() == 0
    assert race.loss == pytest.approx(race.observed.loss.mean(axis=0))
    assert race.observed.block[[0, -1]].tolist() == [5, 5 + round(999 * 43 / 12)]
