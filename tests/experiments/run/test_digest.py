"""The digest: what names a result, and what does not."""

import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from small_race import RECIPE, ROWS, recipe
from small_world import keys, world

from experiments.recipe.recipe import load
from experiments.run import digest as room
from experiments.run.digest import digest, spec_document, spec_text

CHANGES = {
    "name": ("name: small", "name: other"),
    "question": ("name: small", "name: small\nquestion: why?"),
    "noise": ("tail_days: 1", "tail_days: 1\n  noise: {paired: 0.001}"),
    "page effect": ("tail_days: 1", "tail_days: 1\n  noise: {common: 0}"),
    "samples": ("tail_days: 1", "tail_days: 1\n  noise: {samples: 7}"),
    "tail": ("tail_days: 1", "tail_days: 2"),
    "steps": ("tail_days: 1", "tail_days: 1\n  step_blocks: 300"),
    "pace": ("tail_days: 1", "tail_days: 1\n  days_per_day: 2"),
    "hotkeys": ("tail_days: 1", "tail_days: 1\n  hotkeys: miner"),
    "rules": ("seed: 7", "seed: 7\nrules: sn9-2024-10"),
    "policy": ("policy: fixed", "policy: {fixed: {epsilon: 0.006}}"),
    "lane": ("name: shield", "name: wall"),
    "order": (
        "  - sn9-2025-03\n  - {name: shield, policy: fixed}",
        "  - {name: shield, policy: fixed}\n  - sn9-2025-03",
    ),
    "baseline": ("seed: 7", "seed: 7\nbaseline: shield"),
    "seed": ("seed: 7", "seed: 8"),
    "races": ("[small.csv]", "[small.csv, slowrun-tiny]"),
}

ROW_CHANGES = {
    "loss": ("2.945", "2.946"),
    "miner": ("cid", "dan"),
    "date": ("01-02", "01-01"),
    "unit": ("nats", "bpb"),
    "source": ("# unit", "# source: here\n# unit"),
}


def of(folder: Path, *, text: str = RECIPE, rows: str = ROWS) -> str:
    """The digest of a recipe."""
    return digest(load(recipe(folder, text=text, rows=rows)))


@pytest.fixture
def change_code(tmp_path, monkeypatch):
    """Lets the digest see the packages with one file changed; all other files are links to the real ones."""

    def change(file: str) -> None:
        for package, root in room.ROOTS.items():
            ignore = shutil.ignore_patterns("__pycache__", "data" if package == "experiments" else "")
            shutil.copytree(root / package, tmp_path / "code" / package, ignore=ignore, copy_function=os.symlink)
        changed = tmp_path / "code" / file
        text = changed.read_text(encoding="utf-8")
        changed.unlink()
        changed.write_text(f"{text}# changed\n", encoding="utf-8")
        monkeypatch.setattr(room, "ROOTS", dict.fromkeys(room.ROOTS, tmp_path / "code"))
        room._hash_code.cache_clear()

    yield change
    room._hash_code.cache_clear()


def test_twelve_hex_digits(tmp_path):
    """The name of a results folder is short and plain."""
    assert re.fullmatch("[0-9a-f]{12}", of(tmp_path))


def test_every_key_counts(tmp_path):
    """Any change of any key or of the race's data gives another digest, no two the same."""
    found = {"as it is": of(tmp_path)}
    for what, (old, new) in CHANGES.items():
        assert old in RECIPE
        found[what] = of(tmp_path, text=RECIPE.replace(old, new))
    for what, (old, new) in ROW_CHANGES.items():
        assert old in ROWS
        found[f"rows: {what}"] = of(tmp_path, rows=ROWS.replace(old, new))
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        RECIPE.replace("worlds: 2", "worlds: 200"),
        RECIPE.replace("worlds: 2\n", ""),
        "# a remark\n" + RECIPE.replace("seed: 7\n", "").replace("scenario:", "seed: 7\nscenario:"),
        RECIPE.replace("seed: 7", "seed: 7\nbaseline: sn9-2025-03\nrules: sn9-2025-03"),
        RECIPE.replace("policy: fixed", "policy: {fixed: {epsilon: 0.005}}"),
        RECIPE.replace("tail_days: 1", "tail_days: 1.0"),
    ],
)
def test_what_does_not_count(tmp_path, text):
    """The number of worlds, remarks, the order of keys, and writing a default out change nothing."""
    assert of(tmp_path, text=text) == of(tmp_path)


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("policies/epsilon/linear.py", True),
        ("policies/epsilon/fixed.py", True),
        ("policies/epsilon/cosine.py", False),
        ("policies/base.py", True),
        ("policies/seen.py", True),
        ("sim/world.py", True),
        ("sim/mechanism/judge.py", True),
        ("sim/race/world.py", True),
        ("sim/miners/script.py", True),
        ("sim/compiler/methods.py", True),
        ("sim/miners/hardware.py", True),  # whole rooms count
        ("sim/miners/progress/law.py", False),
        ("sim/timeline/__init__.py", False),
    ],
)
def test_code_counts_where_it_takes_part(tmp_path, change_code, file, counts):
    """A change of the world or of a policy in the panel gives another digest; of a policy that is not there, none."""
    before = of(tmp_path)
    change_code(file)
    assert (of(tmp_path) != before) == counts


def test_the_resolved_spec_is_written_out(tmp_path):
    """`spec.yaml` holds every default and the hash of the race, reads back as it was, and names no worlds."""
    from experiments.recipe.yaml_file import Document

    spec = load(recipe(tmp_path))
    found = spec_document(spec)
    assert Document(spec_text(spec), "spec.yaml").data == found
    assert found["lanes"][1] == {
        "name": "shield",
        "policy": {"fixed": {"epsilon": 0.005}},
        "rules": found["lanes"][0]["rules"],
    }
    assert found["scenario"]["races"][0]["submissions"] == 4
    assert "worlds" not in found


WORLD_CHANGES = {
    "name": ("name: little", "name: other"),
    "days": ("days: 10", "days: 11"),
    "noise": ("samples: 100", "samples: 101"),
    "fleet": ("h100: 0.5, a100: 0.5", "h100: 0.6, a100: 0.4"),
    "law": keys("progress: {law: {law: c4}}"),
    "tokens": keys("progress: {law: {tokens: 1e12}}"),
    "ideas": keys("progress: {ideas: {}}"),
    "curves": keys("progress: {trace: {library: recorded-cpu, runs: [50k-cosine-muon-raw-s0/raw], days: 90}}"),
    "other curves": keys("progress: {trace: {library: recorded-cpu, runs: [50k-cosine-muon-raw-s1/raw], days: 90}}"),
    "pace": keys("progress: {trace: {library: recorded-cpu, runs: [50k-cosine-muon-raw-s1/raw], days: 91}}"),
    "validation": keys("validation: {queue: 24}"),
    "economy": keys("economy: {usd_per_day: 1}"),
    "looks": keys("wake_hours: 7"),
    "cases": keys("cases: {a: {}}"),
    "more cases": keys("cases: {a: {}, b: {days: 3}}"),
    "population": ("panel:", "populations: {honest: {honest: 0.9, copycat: 0.1}}\npanel:"),
    "shares": ("panel:", "populations: {honest: {honest: 0.8, copycat: 0.2}}\npanel:"),
    "strategy": (
        "panel:",
        "populations: {honest: {mix: [{strategy: {honest: {certainty: 0.7}}, share: 1}]}}\npanel:",
    ),
    "deviant": ("panel:", "populations: {honest: {mix: {honest: 1}, deviants: [copycat]}}\npanel:"),
    "deviation": ("panel:", "deviations: [copycat]\npanel:"),
    "baseline": ("worlds: 2", "baseline: shield"),
    "policy": ("policy: fixed", "policy: {fixed: {epsilon: 0.006}}"),
    "rules": ("worlds: 2", "rules: sn9-2024-10"),
    "seed": ("seed: 7", "seed: 8"),
}


def test_every_key_of_a_world_counts(tmp_path):
    """Any change of scenario, curves, populations, policies or seed gives another digest, no two the same."""
    found = {what: digest(world(tmp_path, *change)) for what, change in WORLD_CHANGES.items()}
    found["as it is"] = digest(world(tmp_path))
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("worlds: 2", "worlds: 200"),
        ("days: 10", "days: 10.0"),
        ("h100: 0.5, a100: 0.5", "a100: 0.5, h100: 0.5"),
        ("panel:", "populations: {honest: {honest: 1}}\npanel:"),
        keys("progress: {law: {}}"),
        keys("wake_hours: 6", "in_turn: false"),
    ],
)
def test_what_does_not_count_in_a_world(tmp_path, old, new):
    """The number of worlds and writing a default out change nothing."""
    assert digest(world(tmp_path, old, new)) == digest(world(tmp_path))


def test_a_world_written_out(tmp_path):
    """`spec.yaml` has the scenario with the constants of its law, the populations, and who lives in which lane."""
    from experiments.recipe.yaml_file import Document

    spec = world(tmp_path, "panel:", "deviations: [copycat]\npanel:")
    found = spec_document(spec)
    assert Document(spec_text(spec), "spec.yaml").data == found
    (scenario,) = found["scenario"]["cases"].values()
    assert (scenario["name"], scenario["wake_blocks"], scenario["noise"]["samples"]) == ("little", 1800, 100)
    assert scenario["progress"][0]["law"]["constants"] == [1.868, 78.69, 0.2267, 358.4, 0.2891]  # traces.md 3.1
    assert list(found["populations"]) == ["honest", "honest + copycat"]
    assert list(found["populations"]["honest + copycat"]["deviants"][0]) == ["copycat"]
    assert [lane["population"] for lane in found["lanes"]] == ["honest"] * 2 + ["honest + copycat"] * 2


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("policies/epsilon/linear.py", True),
        ("policies/epsilon/cosine.py", False),
        ("sim/world.py", True),
        ("sim/mechanism/judge.py", True),
        ("sim/miners/hardware.py", True),
        ("sim/miners/progress/law.py", True),
        ("sim/traces/laws/throughput.py", True),
        ("sim/miners/strategies/honest.py", True),  # what entrants are derived from
        ("sim/miners/strategies/entrant.py", True),
        ("sim/miners/strategies/_judgement.py", True),
        ("sim/miners/strategies/copycat.py", False),
        ("sim/miners/testing.py", False),
        ("sim/race/world.py", False),
    ],
)
def test_code_of_a_world_counts_where_it_takes_part(tmp_path, change_code, file, counts):
    """The loop, the miners, and the strategies and policies that are there; neither others, nor races."""
    change = "panel:", "populations: {crowd: {entrant: 1}}\npanel:"
    before = digest(world(tmp_path, *change))
    change_code(file)
    assert (digest(world(tmp_path, *change)) != before) == counts


def test_all_that_is_declared_is_there():
    """Every pattern names a file: code that is moved is not forgotten without a word."""
    for pattern in (*room.CODE, *(pattern for patterns in room.LEFT_OUT.values() for pattern in patterns)):
        assert room.match_files([pattern]), pattern


@pytest.mark.parametrize("kind", ["world", "race"])
def test_what_a_world_loads_counts(kind):
    """All modules that a simulation imports are among what decides, but for those that are left out knowingly."""
    program = "import json, sys, experiments.run.task; print(json.dumps([getattr(m, '__file__', '') or '' for m in "
    program += "list(sys.modules.values()) if m.__name__.partition('.')[0] in ('sim', 'policies')]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    counted = room.match_files(room.CODE) - room.match_files((*room.LEFT_OUT["all"], *room.LEFT_OUT[kind]))
    files = {Path(file) for file in json.loads(done.stdout)} - counted
    left = {str(file.relative_to(room.ROOTS["sim"])) for file in files if file.is_relative_to(room.ROOTS["sim"])}
    assert {path for path in left if not fnmatch_any(path, KNOWN[kind])} == set()


KNOWN = {
    "world": ("policies/rewards/*", "policies/epsilon/*", "policies/laws.py", "sim/race/*", "sim/traces/*.py",
              "sim/timeline/*", "sim/miners/strategies/*"),
    "race": ("policies/rewards/*", "policies/epsilon/*", "policies/laws.py", "sim/timeline/*", "sim/traces/*",
             "sim/miners/strategies/*",
             "sim/miners/progress/*"),
}  # fmt: skip
"""What a simulation imports and that does not decide: plug-ins count by their classes, laws are checked on loading,
and timelines tell what happened."""


def fnmatch_any(path, patterns):
    """Whether one of the patterns names the path."""
    return any(fnmatch(path, pattern) for pattern in patterns)


def test_the_code_of_games_counts_where_a_population_plays(tmp_path):
    """And nowhere else: results of given mixes do not depend on how crowds settle."""
    game = "populations: {settled: {play: {among: [honest, idle]}}}\npanel:\n"
    modules = [set(room.modules_of(world(tmp_path, "panel:\n", text).lanes)) for text in (game, "panel:\n")]
    assert set(room.PLAY) <= modules[0]
    assert not set(room.PLAY) & modules[1]
    assert all(Path(f"{room.ROOTS['sim'] / module.replace('.', '/')}.py").is_file() for module in room.PLAY)
