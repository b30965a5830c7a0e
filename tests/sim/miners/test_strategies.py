"""The folder of strategies."""

import re

from places import ROOT

from sim.miners.strategies import find, names


def test_table_is_the_folder() -> None:
    """The table of strategies has every strategy with what it says of itself, and no other."""
    page = (ROOT / "docs" / "reference-strategies.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    assert sorted(row[0].strip("`") for row in rows) == sorted(names())
    for name, about, honest, parameters, source in rows:
        kind = find(name.strip("`"))
        declared = [(key, p.default, p.unit) for key, p in kind.parameters().items()]
        said = [(k, float(v), unit) for k, v, unit in re.findall(r"`(\w+)` ([\d.]+) \(([^)]+)\)", parameters)]
        assert (about, honest, source) == (kind.about, "yes" if kind.honest else "no", kind.source)
        assert said == declared


def test_every_strategy_has_its_own_tests() -> None:
    """`NAME.py` is tested in `test_NAME.py`: the contract, and its own rule."""
    folder = ROOT / "tests" / "sim" / "miners" / "strategies"
    assert {f"test_{name.replace('-', '_')}.py" for name in names()} <= {path.name for path in folder.iterdir()}
