"""Wrong input: exit code 2, one clear line, never a traceback, and nothing is left behind."""

import os
import re
from pathlib import Path

import pytest
from command import refused, steepest
from small_race import RECIPE, ROWS, recipe

from experiments.run.memory import free

HEADER = "date,miner,loss\n"

RECIPES = {
    "unknown policy": (
        "policy: fixed",
        "policy: fixd",
        "small.yaml:8: panel.1.policy: there is no policy 'fixd'; did you mean 'fixed'?",
    ),
    "parameter out of bounds": (
        "policy: fixed",
        "policy: {fixed: {epsilon: 1.5}}",
        "epsilon is 1.5, but must be between 0 and 0.99",
    ),
    "duplicate key": (
        "worlds: 2",
        "worlds: 2\nworlds: 3",
        "small.yaml:10: worlds: duplicate key 'worlds', first given on line 9",
    ),
    "wrong type": ("worlds: 2", "worlds: many", "small.yaml:9: worlds: must be a valid integer, not 'many'"),
    "unknown key": ("seed: 7", "sead: 7", "small.yaml:10: sead: unknown key 'sead'; did you mean 'seed'?"),
    "two units": (
        "[small.csv]",
        "[slowrun-tiny, parameter-golf]",
        "parameter-golf is in bpb, but slowrun-tiny is in nats",
    ),
    "missing race": (
        "[small.csv]",
        "[none.csv]",
        "small.yaml:4: scenario.races.0: there is no shipped race 'none.csv'",
    ),
    "a line break in a key": ("seed: 7", '"se\\nad": 7', "unknown key 'se\\nad'"),
    "a control character": ("seed: 7", "seed: \x07", "small.yaml:10: not YAML"),
    "a bomb": ("seed: 7", f"seed: {'[' * 100_000}", "nested more than 30 levels deep"),
    "an empty sweep": ("- {name: shield, policy: fixed}", "- zip: {linear: {}}", "panel.1.zip.linear"),
    "an infinite rule": ("seed: 7", "rules: {keep: .inf}", "rules.keep: must be a valid integer, not inf"),
}

RACES = {
    "unsorted rows": (ROWS.replace("01-02", "01-05"), "rows must be sorted by time"),
    "duplicate rows": (ROWS + "2026-01-03,cid,2.93\n", "duplicate rows"),
    "negative loss": (ROWS.replace("2.95", "-2.95"), "is '-2.95', but must be a finite positive number"),
    "NaN": (ROWS.replace("2.95", "NaN"), "is 'NaN', but must be a finite positive number"),
    "missing loss": (ROWS.replace("2.95", ""), "column 'loss': is empty, but every row needs a value"),
    "mixed units": ("date,miner,loss,unit\n2026-01-01,ann,3,nats\n2026-01-02,bob,2,bpb\n", "mixed units"),
    "an empty file": ("", "is empty"),
    "no rows": (HEADER, "has a header but no rows"),
}


def untouched(folder):
    """Nothing but the input is in the folder."""
    return sorted(path.name for path in folder.iterdir()) == ["small.csv", "small.yaml"]


@pytest.mark.parametrize("what", RECIPES)
def test_a_wrong_recipe(tmp_path, what):
    """A fault of the recipe is one line with file, line and rule, and no results folder is made."""
    old, new, said = RECIPES[what]
    assert old in RECIPE
    recipe(tmp_path, text=RECIPE.replace(old, new))
    assert said in refused(steepest("run", "small.yaml", cwd=tmp_path))
    assert untouched(tmp_path)


@pytest.mark.parametrize("what", RACES)
def test_a_wrong_race(tmp_path, what):
    """A fault of the race names the recipe's line and the race's file."""
    rows, said = RACES[what]
    recipe(tmp_path, rows=rows)
    message = refused(steepest("run", "small.yaml", cwd=tmp_path))
    assert message.startswith("small.yaml:4: scenario.races.0: small.csv: ")
    assert said in message
    assert untouched(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "none.yaml"), "there is no shipped recipe 'none.yaml' and no such file in .; "),
        (("run", "small.yaml", "--worlds", "0"), "worlds: must be greater than or equal to 1, not 0"),
        (("run", "small.yaml", "--policy", "lineer"), "--policy: there is no policy 'lineer'; did you mean 'linear'?"),
        (
            ("run", "small.yaml", "--policy", "linear: {start: 2}"),
            "--policy: linear: start is 2, but must be between 0 and 0.99",
        ),
        (("run", "small.yaml", "--policy", "linear: start: 1"), "--policy:1: not YAML"),
        (("run", "small.yaml", "--policy", b"\xff".decode("utf-8", "surrogateescape")), "--policy: is not UTF-8 text"),
        (
            ("run", "small.yaml", "--policy", "fixed: {epsilon: 1}"),
            "epsilon is 1, but must be between 0",
        ),
        (
            ("run", "small.yaml", "--policy", "{policy: fixed, rules: {temperature: -4}}"),
            "--policy: temperature must be greater than or equal to 0.000001, not -4",
        ),
        (
            ("run", "small.yaml", "--policy", "{policy: fixed, reward: {royalty: {tau_days: -4}}}"),
            "--policy: royalty: tau_days is -4, but must be between 0.01",
        ),
        (("replay", "small.csv", "--unit", "bpb"), "mixed units"),
        (("replay", "small.csv", "--unit", "metres"), "must be 'nats', 'bpb' or 'minutes', not 'metres'"),
        (("replay", "small.csv", "--noise", "nan"), "must be a finite number, not nan"),
        (("replay", "small.csv", "--rules", "sn9-2030"), "there is no era 'sn9-2030'"),
        (("replay", "nowhere.csv"), "there is no shipped race 'nowhere.csv'"),
        (("check", "small.csv"), "a recipe is a mapping"),
        (("report", "runs"), "runs holds no complete results"),
        (("policies", "lineer"), "did you mean 'linear'?"),
        (("policies", "--export", "x.py"), "--export needs a policy's name"),
        (("eras", "tomorrow"), "'tomorrow' is neither an era"),
        (("verify", "oracle", "--vectors", "nowhere"), "nowhere is not a folder"),
        (("verify", "oracle", "--vectors", "."), "there is no conformance file (*.jsonl) in ."),
        (("init", "."), "."),
    ],
)
def test_wrong_arguments(tmp_path, arguments, said):
    """Every command answers wrong arguments in the same way."""
    recipe(tmp_path)
    assert said in refused(steepest(*arguments, cwd=tmp_path))
    assert untouched(tmp_path)


PRESETS = {
    "sn9@2020-01-01": "its first are of block 1623437 (2023-11-14), when pairwise win rates began",
    "sn9@100": "sn9 had no rules at block 100 that can be replayed",
    "sn9-2024-07": "sn9 has sn9-2023-11, sn9-2024-01, ",
    "sn9": "and any date, such as sn9@2024-10-11",
    "sn29@2023-01-01": "only sn9 is known at every date; sn29 has sn29-2024-10, sn29-2025-02",
    "sn37-2024-01": "sn37 has sn37-2024-06, sn37-2024-09, sn37-2024-12, sn37-2025-03",
    "sn62-2024-01": "no preset 'sn62-2024-01'; did you mean 'sn62-2026-08'? sn62 has sn62-2025-08, sn62-2026-08",
    "sn62@2025-09-01": "only sn9 is known at every date; sn62 has sn62-2025-08, sn62-2026-08",
    "sn99-2025": "there is no preset 'sn99-2025'; there are presets of sn9, sn37, sn29, ",
    "{preset: linear}": "'linear' is a policy; write `policy: linear`",
    "{policy: sn62-2025-08}": "'sn62-2025-08' is a preset; write `preset: sn62-2025-08`",
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_that_does_not_exist(tmp_path, name):
    """A subnet, era or date without a preset is answered with those that there are, also in a recipe's panel."""
    recipe(tmp_path, text=RECIPE.replace("- {name: shield, policy: fixed}", f"- {name}"))
    refusal = refused(steepest("run", "small.yaml", "--policy", name, cwd=tmp_path))
    assert refusal.startswith("--policy: ")
    assert PRESETS[name] in refusal
    refusal = refused(steepest("run", "small.yaml", cwd=tmp_path))
    assert refusal.startswith("small.yaml:8: panel.1")
    assert PRESETS[name] in refusal
    assert untouched(tmp_path)


TOO_LARGE = """\
name: large
scenario: {kind: world, miners: 4096}
panel:
  - grid: {linear: {decay_blocks: [%s], end: [%s]}}
worlds: 2
"""


def test_what_memory_cannot_hold(tmp_path):
    """10,000 lanes of 4,096 miners are refused at once: what they need, what there is, what to do."""
    if free() > 64e9:
        pytest.skip("this machine could hold them")
    lengths, ends = ", ".join(map(str, range(1000, 1100))), ", ".join(f"{n}.0e-6" for n in range(100))
    (tmp_path / "large.yaml").write_text(TOO_LARGE % (lengths, ends))
    said = refused(steepest("run", "large.yaml", "--workers", 1, cwd=tmp_path))
    assert said.startswith("large: 10000 lanes of 4096 miners need about ")
    assert re.search(r" \d+ GB, but only [\d.]+ GB may be used; take fewer lanes or miners$", said)
    assert [path.name for path in tmp_path.iterdir()] == ["large.yaml"]


NEEDS = {
    "{policy: {lineage: {}}, name: taxed}": "lane 'taxed' asks how much of a model its challenger was built on, which "
    "race 'small' does not say: no row names others in a column builds_on; fill it in, or take a policy without "
    "`lineage`",
    "{policy: fixed, reward: shapley}": "the submissions of a race are the same whatever is paid; only a scenario of",
    "sn62-2026-08": "brings the reward rule 'royalty tau_days=20.2', but the submissions of a race are the same "
    "whatever is paid; only a scenario of kind world has reward rules; for its margin alone write {preset: NAME, "
    "reward: subnet}",
}


@pytest.mark.parametrize("entry", NEEDS)
def test_what_a_race_does_not_have(tmp_path, entry):
    """A policy or a reward that needs more than a race has says what is missing and what to take instead."""
    recipe(tmp_path, text=RECIPE.replace("- {name: shield, policy: fixed}", f"- {entry}"))
    refusal = refused(steepest("run", "small.yaml", cwd=tmp_path))
    assert refusal.startswith("small.yaml:")
    assert NEEDS[entry] in refusal
    refusal = refused(steepest("run", "small.yaml", "--policy", entry, cwd=tmp_path))
    assert refusal.startswith("--policy: ")
    assert NEEDS[entry] in refusal
    assert untouched(tmp_path)


@pytest.mark.parametrize(
    "arguments", [("run", "small.yaml", "--worlds", "x"), ("run",), ("rnu",), ("run", "small.yaml", "--wolrds", "3")]
)
def test_wrong_usage(tmp_path, arguments):
    """What is no command line at all is answered with the usage and exit code 2."""
    recipe(tmp_path)
    found = steepest(*arguments, cwd=tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("Usage: ")
    assert "Traceback" not in found.stderr
    assert untouched(tmp_path)


def test_messages_do_not_move_the_cursor(tmp_path: Path) -> None:
    """Escape characters of a file's name are printed as text, and a name that is no UTF-8 is refused."""
    assert "\\x1b[2J.yaml" in refused(steepest("check", "\x1b[2J.yaml", cwd=tmp_path))
    (tmp_path / os.fsdecode(b"a\xff.csv")).write_text("time,miner,loss\n2026-01-01,ann,3.4\n", encoding="utf-8")
    assert "not UTF-8" in refused(steepest("replay", os.fsdecode(b"a\xff.csv"), cwd=tmp_path))
