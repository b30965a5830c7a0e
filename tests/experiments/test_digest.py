"""The digest: what names a result, and what does not."""

import re
import shutil
from pathlib import Path

import pytest
from small_race import RECIPE, ROWS, recipe

import policies
import sim
from experiments import digest as room
from experiments.digest import digest, resolved, spec_text
from experiments.recipe import load

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
    ("package", "file", "counts"),
    [
        (policies, "linear.py", True),
        (policies, "fixed.py", True),
        (policies, "cosine.py", False),
        (policies, "base.py", True),
        (sim, "world.py", True),
        (sim, "mechanism/pair.py", True),
    ],
)
def test_code_counts_where_it_takes_part(tmp_path, monkeypatch, package, file, counts):
    """A change of the world or of a policy in the panel gives another digest; of a policy that is not there, none."""
    before = of(tmp_path)
    copy = tmp_path / "code"
    shutil.copytree(Path(package.__file__).parent, copy)
    with (copy / file).open("a", encoding="utf-8") as source:
        source.write("# changed\n")
    monkeypatch.setattr(package, "__file__", str(copy / "__init__.py"))
    room._code.cache_clear()
    try:
        assert (of(tmp_path) != before) == counts
    finally:
        room._code.cache_clear()


def test_the_resolved_spec_is_written_out(tmp_path):
    """`spec.yaml` holds every default and the hash of the race, reads back as it was, and names no worlds."""
    from experiments.yaml_file import Document

    spec = load(recipe(tmp_path))
    found = resolved(spec)
    assert Document(spec_text(spec), "spec.yaml").data == found
    assert found["lanes"][1] == {
        "name": "shield",
        "policy": {"fixed": {"epsilon": 0.005}},
        "rules": found["lanes"][0]["rules"],
    }
    assert found["scenario"]["races"][0]["submissions"] == 4
    assert "worlds" not in found
