"""Tables of facts."""

from pathlib import Path

import pytest
import yaml

import sim
from sim.facts import read_facts


@pytest.mark.parametrize("path", sorted(Path(sim.__file__).parent.rglob("*.yaml")), ids=lambda path: path.name)
def test_shipped_facts_are_read_as_plain_yaml(path: Path) -> None:
    """The quick reader gives what `yaml.safe_load` gives."""
    assert read_facts(path) == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_nothing_is_run(tmp_path: Path) -> None:
    """A tag that would make a Python object is an error."""
    (tmp_path / "facts.yaml").write_text("a: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(yaml.constructor.ConstructorError):
        read_facts(tmp_path / "facts.yaml")
