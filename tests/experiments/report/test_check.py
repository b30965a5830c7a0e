"""Results folders of strangers: whatever is in them, the report is safe, or one message says what is wrong."""

import json
import re
import shutil

import pyarrow.parquet as pq
import pytest
import yaml
from race_results import store as race_store
from report_page import Page
from world_results import MIXED
from world_results import store as world_store

from experiments.report import build
from experiments.report.check import Manifest
from experiments.report.figure import Panel
from experiments.report.text import UNSEEN, visible
from experiments.results.store import Store, StoreError, read_table
from experiments.results.tables import SCHEMAS, TABLES

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
VALUES = (None, SCRIPT, "", -1, 0, 1.5, 10**400, True, [], [SCRIPT], [1, None], {}, {SCRIPT: SCRIPT}, "MISSING")
"""What each field of a manifest is set to; the last one leaves it out."""
COLUMNS = [(kind, table, column) for kind, schemas in SCHEMAS.items()
           for table in TABLES for column in schemas[table].names]  # fmt: skip
RIGHT_TO_LEFT = "\u202egnp.exe\u202c"
ODD = ("<b>&\"'`", "\x1b[31mred\x1b[0m\x07\x00", RIGHT_TO_LEFT, "n" * 300, "{{ 7 * 7 }}{% raw %}", "%{x}<br>")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder of each kind; tests copy what they change."""
    base = tmp_path_factory.mktemp("results")
    return {
        "race": race_store(base / "race").folder,
        "world": world_store(base / "world", populations=MIXED, cases=("one", "other")).folder,
    }


@pytest.fixture
def copied(folders, tmp_path):
    """A copy of a folder by its kind."""

    def copy(kind):
        return shutil.copytree(folders[kind], tmp_path / "tiny" / "0123")

    return copy


def outcome(folder):
    """The page, if there is one, after a look at its safety; otherwise the message."""
    try:
        page = Page(build(Store(folder)).read_text(encoding="utf-8"))
    except StoreError as error:
        message = str(error)
        assert str(folder) in message
        assert "\n" not in message
        assert len(message) < 1000
        return message
    assert not {"img", "svg"} & {tag for tag, _ in page.tags}
    assert not [key for _, a in page.tags for key in a if key.startswith("on")]
    assert len([a for tag, a in page.tags if tag == "script" and "type" not in a]) == 2
    return page


@pytest.mark.parametrize("kind", ["race", "world"])
@pytest.mark.parametrize("field", Manifest.model_fields)
def test_each_field_of_a_manifest_may_be_anything(copied, kind, field):
    """Wrong type, empty, null, huge, script, missing: a safe page, or a message that names the file and the field."""
    folder = copied(kind)
    path = folder / "manifest.json"
    sound = json.loads(path.read_text())
    for value in VALUES:
        manifest = {key: each for key, each in sound.items() if key != field}
        path.write_text(json.dumps(manifest if value == "MISSING" else {**manifest, field: value}))
        found = outcome(folder)
        if isinstance(found, str):
            assert re.search(r"manifest.json|spec.yaml|[a-z]+.parquet", found)
            assert field in found or field in ("kind", "races", "lanes")  # of which another file may be found to differ


@pytest.mark.parametrize(("kind", "table", "column"), COLUMNS)
def test_each_column_must_be_there(copied, kind, table, column):
    """A dropped column is named with its file and its type."""
    folder = copied(kind)
    path = folder / f"{table}.parquet"
    pq.write_table(read_table(path).drop_columns([column]), path)
    with pytest.raises(StoreError, match=rf"{table}.parquet: has no column {column} \((string|int|double|float|bool)"):
        build(Store(folder))


@pytest.mark.parametrize(("kind", "table", "column"), COLUMNS)
def test_each_column_must_have_its_type(copied, kind, table, column):
    """A column of another type is named with both types."""
    folder = copied(kind)
    path = folder / f"{table}.parquet"
    whole = read_table(path)
    place = whole.column_names.index(column)
    pq.write_table(whole.set_column(place, column, [[[1, 2]] * whole.num_rows]), path)
    with pytest.raises(StoreError, match=rf"{table}.parquet: column {column} holds list.*, but must hold"):
        build(Store(folder))


@pytest.mark.parametrize("kind", ["race", "world"])
def test_rows_must_fit_together(copied, kind):
    """A lost row, a strange lane and an unknown policy are found before anything is drawn."""
    folder = copied(kind)
    path = folder / "metrics.parquet"
    whole = read_table(path)
    place = whole.column_names.index("policy")
    for broken, fault in (
        (whole.slice(1), "must have one per world"),
        (whole.slice(0, 0), "must have one per world"),
        (whole.set_column(place, "policy", [[SCRIPT] * whole.num_rows]), "which is no policy"),
        (whole.set_column(place, "policy", [[None] * whole.num_rows]).cast(whole.schema), "without a value"),
        (whole.set_column(2, "lane", [[SCRIPT] * whole.num_rows]), "not in manifest.json"),
    ):
        pq.write_table(broken, path)
        assert fault in outcome(folder)


@pytest.mark.parametrize("name", ["manifest.json", "spec.yaml", *(f"{table}.parquet" for table in TABLES)])
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"[" * 100_000, b"[1, 2]", b'"text"', b"1" * 5000])
def test_each_file_may_be_damaged(copied, name, damage):
    """What is no JSON, YAML or parquet, or has another form, is said with the file's name."""
    for kind in ("race", "world"):
        folder = copied(kind)
        (folder / name).write_bytes(damage)
        found = outcome(folder)
        assert isinstance(found, str)
        assert name in found
        shutil.rmtree(folder)


def test_a_spec_cannot_be_endless(copied):
    """Aliases of YAML that make few bytes many, or lead back to themselves."""
    folder = copied("world")
    text = (folder / "spec.yaml").read_text()
    bomb = "\n".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}' if i else 'x'] * 9)}]" for i in range(12))
    for more in (bomb, "loop: &loop [*loop]"):
        (folder / "spec.yaml").write_text(f"{text}\n{more}\n")
        assert "spec.yaml" in outcome(folder)


def test_each_part_of_a_spec_may_be_anything(tmp_path, monkeypatch):
    """Every value at every place of the spec is replaced: a safe page, or a message that names a file."""
    monkeypatch.setattr(Panel, "json", lambda _: "{}")  # pictures are slow to make, and are made of the tables
    folder = world_store(tmp_path, populations={"mixed": ["honest", "copycat", "honest"]}, worlds=(0,)).folder
    path = folder / "spec.yaml"
    sound = path.read_text()

    def places(value, trail=()):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*trail, key)
            if isinstance(inner, dict | list):
                yield from places(inner, (*trail, key))

    for *trail, last in places(yaml.safe_load(sound)):
        for value in (None, SCRIPT, {SCRIPT: [SCRIPT]}):
            changed = yaml.safe_load(sound)
            inner = changed
            for key in trail:
                inner = inner[key]
            inner[last] = value
            path.write_text(yaml.safe_dump(changed))
            found = outcome(folder)
            assert not isinstance(found, str) or "spec.yaml" in found or "emission.parquet" in found


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_shown(tmp_path, name):
    """Quotes, markup, escape characters, long names and marks that turn the direction of reading are harmless text."""
    made = world_store(
        tmp_path,
        policies={"slope": '{"linear": {}}', name: '{"fixed": {"epsilon": 0.05}}'},
        populations={"honest": ["honest"] * 4, f"crowd {name}": ["honest", "copycat", "sniper", "honest"]},
        cases=(f"one {name}", "other"),
        question=name,
    )
    page = outcome(made.folder)
    shown = page.text + json.dumps(page.figures, ensure_ascii=False)
    assert not UNSEEN.search(shown)
    assert visible(name).replace("\n", " ") in page.text


def test_a_study_is_called_one(tmp_path):
    """A study's folder is no run: the message says so, where its report is, and which command goes on with it."""
    folder = tmp_path / "study"
    (folder / "worlds").mkdir(parents=True)
    with pytest.raises(StoreError, match="is a study and not a run; it has no report yet, and `steepest tune`"):
        build(Store(folder))
    (folder / "manifest.json").write_text(json.dumps({"kind": "study", "command": "steepest tune 'my.yaml'\x1b[2J"}))
    (folder / "report.html").write_text("")
    with pytest.raises(StoreError, match=r"its report is .*report.html, and `steepest tune 'my.yaml'\\u001b"):
        build(Store(folder))
