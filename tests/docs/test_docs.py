"""The documentation says what is so: links lead somewhere, commands and code run, and tables are complete.

Fenced blocks are told what they are by the words after the three backticks:

    sh            commands that must parse
    sh quick      commands that are run and must end with 0
    sh fails      commands that are run and must end with 2, the input is wrong
    text same     what the commands right before it print, to the letter
    python        is run; if its first line is `# test_NAME.py`, by pytest

A block whose first line is `# NAME.ENDING` is first written to that file. All blocks of a page share a folder.
"""

import re
import shlex
import subprocess
import sys
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import pytest
import typer
from pydantic_core import PydanticUndefined

from experiments.cli.app import app
from experiments.recipe.discover import AxisKeys, DiscoverKeys
from experiments.recipe.panel import presets
from experiments.recipe.play import PlayKeys
from experiments.recipe.race import RaceScenario
from experiments.recipe.recipe import Recipe
from experiments.results.metrics import METRICS, RACE_METRICS
from experiments.search.recipe import SearchKeys, StudyRecipe, WorldsKeys
from experiments.search.samplers import SAMPLERS
from experiments.search.spec import STAGES
from policies import find, names, rewards
from sim.mechanism import eras
from sim.mechanism.rules import Rules
from sim.race.race import NoiseLevel
from sim.settings import abouts

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]

FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE_NAME = re.compile(r"# ([\w-]+\.\w+)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        info: the words after the backticks.
        text: what is between the fences.
    """

    info: tuple[str, ...]
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """Its shell commands as words, comments left out; one line may hold several, separated by semicolons."""
        lines = (line for line in self.text.splitlines() if line.startswith(("steepest", "./run")))
        split = (shlex.split(line, comments=True) for line in lines)
        return [part for words in split for part in _parts(words)]

    @property
    def runs(self) -> bool:
        """Whether it is executed."""
        return self.info[:1] == ("python",) or self.info[:2] in {("sh", "quick"), ("sh", "fails")}


def _parts(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == ";":
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(tuple(match["info"].split()), match["text"]) for match in found]


def prose(page: Path) -> str:
    """A page without its fenced blocks and without code between backticks."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows(page: str, first: str) -> list[list[str]]:
    """The cells of the table on a page of the docs whose header begins with `first`."""
    lines = iter((DOCS / page).read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {first} |"):
            break
    next(lines)
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def python(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python in a folder, standard error mixed into standard output."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


def run(block: Block, folder: Path, name: str) -> str:
    """Execute a block in a folder, and return what it prints."""
    if block.info[0] == "python":
        how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if name.startswith("test_") else []
        done = python([*how, name], folder)
        assert done.returncode == 0, done.stdout
        return done.stdout
    said = ""
    for words in block.commands:
        assert words[0] == "steepest", f"only steepest is run here, not {words}"
        done = python(["-c", "from experiments.cli.app import main; main()", *words[1:]], folder)
        assert done.returncode == {"quick": 0, "fails": 2}[block.info[1]], f"{words}:\n{done.stdout}"
        said += done.stdout
    return said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    """Every relative link leads to a file or folder, and every anchor to a heading."""
    for link in LINK.findall(prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page

        assert target.exists(), f"{page.name} links to {link}"
        assert target.is_relative_to(ROOT), f"{page.name} links out of the repository: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}, but no heading is so called"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_parse(page: Path) -> None:
    """Every command of a page names a command and options that exist."""
    for block in blocks(page):
        for words in block.commands if block.info[:1] == ("sh",) else []:
            command, arguments = typer.main.get_command(app), words[1:]
            while arguments and hasattr(command, "commands"):
                assert arguments[0] in command.commands, f"{page.name}: {words}"
                command, arguments = command.commands[arguments[0]], arguments[1:]
            if arguments:
                command.make_context(words[1], list(arguments))  # raises for what it does not know


@pytest.mark.parametrize("page", [p for p in PAGES if any(b.runs for b in blocks(p))], ids=lambda page: page.name)
def test_what_a_page_shows_runs(page: Path, tmp_path: Path) -> None:
    """Code and quick commands run in their order, and print what the page says where it claims so."""
    printed = ""
    for number, block in enumerate(blocks(page)):
        named = FILE_NAME.fullmatch(block.text.partition("\n")[0])
        name = named[1] if named else f"block_{number}.py"
        if named or block.info[:1] == ("python",):
            (tmp_path / name).write_text(block.text, encoding="utf-8")
        if block.runs:
            printed = run(block, tmp_path, name)
        elif block.info[:2] == ("text", "same"):
            assert printed.strip() == block.text.strip()


def test_policy_table_is_the_shelf() -> None:
    """The table of policies has every policy with its formula, parameters and defaults, and no other."""
    table = {row[0].strip("`"): row for row in rows("reference-policies.md", "policy")}

    assert sorted(table) == sorted(names())
    for name, (_, _, formula, parameters) in table.items():
        kind = find(name)
        said = {key: float(value) for key, value in re.findall(r"`(\w+)` ([\d.]+)", parameters)}

        assert formula.strip("`") == kind.formula
        assert said == {key: p.default for key, p in kind.parameters().items()}


def test_metric_table_is_the_metrics() -> None:
    """The table of metrics has every metric, in the order of the results, with its unit and direction."""
    table = rows("reference-metrics.md", "metric")

    assert [row[0].strip("`") for row in table] == list(RACE_METRICS)
    assert [(row[2], row[3]) for row in table] == [(m.unit, m.better) for m in RACE_METRICS.values()]


def test_metric_table_of_worlds_is_the_metrics() -> None:
    """The table of what worlds measure on top of races has every metric, with its unit and direction."""
    more = {name: m for name, m in METRICS.items() if name not in RACE_METRICS}
    table = rows("reference-metrics.md", "metric of worlds")

    assert [row[0].strip("`") for row in table] == list(more)
    assert [(row[2], row[3]) for row in table] == [(m.unit, m.better) for m in more.values()]


def test_table_of_other_subnets_is_the_presets() -> None:
    """The table of other subnets' presets has every preset with its rule and source."""
    table = [(row[0].strip("`"), row[1], row[4]) for row in rows("reference-elsewhere.md", "preset")]

    assert table == [(name, p.about, p.source) for name, p in presets().items()]


def test_recipe_table_is_the_recipe() -> None:
    """The table of a recipe's keys has every key with its default and what it means."""
    expected = {key: (field.default, field.description) for key, field in Recipe.model_fields.items()}
    for prefix, kind in (("scenario.", RaceScenario), ("scenario.noise.", NoiseLevel)):
        expected |= {
            prefix + each.name: (each.default, abouts(kind)[each.name].meaning)
            for each in fields(kind)
            if each.name != "noise"
        }
    del expected["scenario"]
    table = {row[0].strip("`"): row[1:] for row in rows("howto-recipe.md", "key")}

    assert sorted(table) == sorted(expected)
    for key, (said, meaning) in table.items():
        default, about = expected[key]
        assert re.sub(r" \(\[.*\)", "", meaning) == about, key  # links to the parts of the page
        if said == "needed":
            assert default in (PydanticUndefined, MISSING)
        elif key != "baseline":
            plain = "" if default is None or isinstance(default, list) else str(default)
            assert said.strip("`") == plain.removesuffix(".0"), key


def test_discover_table_is_the_keys() -> None:
    """The table of the keys of a discovery has every key with its default and what it means."""
    expected = {
        prefix + key: ("needed" if field.is_required() else str(field.default), field.description)
        for prefix, kind in (("", DiscoverKeys), ("over.NAME.", AxisKeys))
        for key, field in kind.model_fields.items()
    }
    table = rows("howto-discover.md", "key of discover")

    assert {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in table} == expected


def test_play_table_is_the_keys() -> None:
    """The table of the keys of a game has every key with its default and what it means."""
    table = {row[0].strip("`"): row[1:] for row in rows("howto-settled.md", "key of play")}

    assert list(table) == [field.name for field in fields(PlayKeys)]
    for field in fields(PlayKeys):
        said, meaning = table[field.name]
        assert meaning == abouts(PlayKeys)[field.name].meaning
        assert said.strip("`") == {"among": "needed", "starts": "[even]"}.get(field.name, str(field.default))


def test_study_table_is_the_recipe() -> None:
    """The table of a study's keys has every key in its order, with its default and what the schema says of it."""
    parts = {"search": SearchKeys, "worlds": WorldsKeys}
    fields = {
        f"{name}.{key}" if key else name: field
        for name, whole in StudyRecipe.model_fields.items()
        for key, field in (parts[name].model_fields if name in parts else {"": whole}).items()
    }
    table = {row[0].strip("`"): row[1:] for row in rows("reference-study.md", "key of a study")}

    assert list(table) == list(fields)
    for key, (default, about) in table.items():
        value = fields[key].default
        empty = {"": "empty", "[]": "empty", "{}": "empty", "None": "-"}.get(str(value))
        plain = str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
        assert default.strip("`") == ("needed" if fields[key].is_required() else empty or plain), key
        assert about == fields[key].description, key


def test_sampler_and_stage_tables_are_the_code() -> None:
    """The tables of samplers and stages have all of them, with what each sampler is for."""
    samplers = {row[0].strip("`"): row[1] for row in rows("reference-study.md", "sampler")}

    assert samplers == SAMPLERS
    assert [row[0].strip("`") for row in rows("reference-study.md", "stage")] == list(STAGES)


def test_rule_table_is_the_rules() -> None:
    """The table of rules has every rule with its default and what it means."""
    table = {row[0].strip("`"): row[1:] for row in rows("howto-recipe.md", "rule")}

    assert list(table) == [field.name for field in fields(Rules)]
    for key, (said, meaning) in table.items():
        value = getattr(Rules(), key)
        assert said.strip("`") == (str(value).lower() if isinstance(value, bool | str) else f"{value:g}")
        assert re.sub(r" \(\[.*\)", "", meaning) == abouts(Rules)[key].meaning


def test_era_table_is_the_history() -> None:
    """The table of eras has every named parameter set with its block, keep-set and delay."""
    table = rows("reference-mechanism.md", "era")

    assert [row[0].strip("`") for row in table] == eras.names()
    for row in table:
        era = eras.era(row[0].strip("`"))

        rules = era.rules
        filtered = "yes" if rules.filtered else "no"

        assert int(row[1].replace(",", "")) == era.block
        assert float(row[6].partition(",")[0]) == rules.alpha
        assert (int(row[7]), row[8], int(row[9])) == (rules.keep, filtered, rules.delay)


def test_every_command_has_its_part() -> None:
    """The page about the command line has a heading for every command."""
    commands = typer.main.get_command(app).commands
    expected = {
        name if not hasattr(c, "commands") else f"{name} {sub}"
        for name, c in commands.items()
        for sub in getattr(c, "commands", ("",))
    }
    headings = re.findall(r"^## (.+)$", (DOCS / "reference-cli.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(headings) == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_to_fill_in(page: Path) -> None:
    """No page has a mark where a number was to come."""
    assert "@@" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_digest_is_shown(page: Path) -> None:
    """No page names results or a study by a digest, which any line of the engine changes: it says DIGEST."""
    assert not re.search(r"(runs/[\w-]+/|(digest|named|study) `?)[0-9a-f]{12}\b", page.read_text(encoding="utf-8"))


def test_reward_table_is_the_folder() -> None:
    """The table of reward rules has every rule with all that it says of itself, and no other."""
    table = {row[0].strip("`"): row[1:] for row in rows("reference-rewards.md", "reward")}

    assert list(table) == list(rewards.names())
    for name, (formula, parameters, source, fails) in table.items():
        kind = rewards.find(name)
        said = {
            key: (float(value), unit) for key, value, unit in re.findall(r"`(\w+)` ([\d.]+) \(([^)]+)\)", parameters)
        }

        assert said == {key: (p.default, p.unit) for key, p in kind.parameters().items()}
        assert (formula.strip("`"), source, fails) == (kind.formula, kind.source, kind.fails)
