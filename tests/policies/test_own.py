"""Plug-ins in files of their own."""

import pickle
import re
import sys
from pathlib import Path

import pytest

from policies import Policy, PolicyError, build, find
from policies.errors import home
from policies.own import DIGESTS, load
from policies.seen import Seen
from sim.compiler.policies import compiled_epsilon

LEVEL = '''\
from policies import Policy


class Level(Policy):
    """Always the same."""

    formula = "{level}"

    def curve(self, age):
        return {level}
'''


def write(path: Path, text: str = LEVEL.format(level=0.001)) -> Path:
    """A file with a policy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "name"),
    [("my_level.py", "my-level"), ("my level.py", "my-level"), ("höhe.py", "höhe"), ("level.v2.py", "level.v2")],
)
def test_a_policy_is_called_as_its_file(file: str, name: str, tmp_path: Path) -> None:
    """With hyphens for spaces and underscores; it is found and built by that name, and names its file."""
    path = write(tmp_path / file)
    kind = load(file, tmp_path)
    assert find(name) is kind
    assert build({name: {}}).spec() == {name: {}}
    assert home(kind) == f"{path}, line 4"


def test_one_of_several_is_called_by_its_class(tmp_path: Path) -> None:
    """The class has to be named, and what begins with an underscore does not count."""
    write(
        tmp_path / "two.py",
        LEVEL.format(level=0.001) + "\n\nclass Low(Level):\n    'Lower.'\n\n\nclass _No(Level): ''\n",
    )
    assert load("two.py:Low", tmp_path).name() == "two:Low"
    with pytest.raises(PolicyError, match=r"two.py defines Level and Low; say which, as in two.py:Level"):
        load("two.py", tmp_path)
    with pytest.raises(PolicyError, match=r"two.py has no policy 'Lo'; known: Level, Low"):
        load("two.py:Lo", tmp_path)


def test_files_of_one_name_do_not_mix(tmp_path: Path) -> None:
    """Neither their formulas, compiled or not, nor the modules beside them that have one name, nor their digests."""
    text = LEVEL.format(level="height()").replace("import Policy", "import Policy\nfrom beside import height")
    kinds = []
    for folder, level in (("a", 0.001), ("b", 0.002)):
        write(tmp_path / folder / "beside.py", f"def height():\n    return {level}\n")
        write(tmp_path / folder / "level.py", text)
        kinds.append(load("level.py", tmp_path / folder))
    assert [kind().advantage(0.0) for kind in kinds] == [0.001, 0.002]
    assert [compiled_epsilon(kind())(0.0, Seen(0.0)) for kind in kinds] == [0.001, 0.002]
    first, second = (DIGESTS[kind.__module__] for kind in kinds)
    assert first != second


def test_a_file_is_executed_again_when_it_or_a_module_beside_it_has_changed(tmp_path: Path) -> None:
    """And not otherwise; a moved file keeps its digest, for nothing else has changed."""
    text = LEVEL.format(level="height()").replace("import Policy", "import Policy\nfrom beside import height")
    write(tmp_path / "level.py", text)
    write(tmp_path / "beside.py", "def height(): return 0.001\n")
    first = load("level.py", tmp_path)
    digest = DIGESTS[first.__module__]
    assert load("level.py", tmp_path) is first
    write(tmp_path / "beside.py", "def height(): return 0.00234\n")
    second = load("level.py", tmp_path)
    assert second().advantage(0.0) == 0.00234
    assert DIGESTS[second.__module__] != digest
    write(tmp_path / "beside.py", "def height(): return 0.001\n")
    (tmp_path / "moved").mkdir()
    for name in ("level.py", "beside.py"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    assert DIGESTS[load("level.py", tmp_path / "moved").__module__] == digest


def test_another_process_gets_the_text_that_was_loaded(tmp_path: Path) -> None:
    """Pickled by the name of the module, which is executed from memory though the file has changed."""
    path = write(tmp_path / "level.py")
    kind = load("level.py", tmp_path)
    sent = pickle.dumps(kind())
    write(path, LEVEL.format(level=0.002))
    del sys.modules[kind.__module__]  # as in a process that has only `SOURCES`
    got: Policy = pickle.loads(sent)  # noqa: S301 - our own
    assert got.advantage(0.0) == 0.001


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class A(:\n", "the file own.py cannot be loaded: invalid syntax, in {path}, line 1"),
        ("import nowhere", "No module named 'nowhere' (ModuleNotFoundError), in {path}, line 1: import nowhere"),
        ("\nx = 1 / 0", "division by zero (ZeroDivisionError), in {path}, line 2: x = 1 / 0"),
        ("import sys; sys.exit(3)", "3 (SystemExit), in {path}, line 1: import sys; sys.exit(3)"),
        ("class A: pass", "{path} defines no policy; a policy is a class that is derived from policies.Policy"),
        (
            "from policies import blocks\nx = blocks()",
            "2 required positional arguments: 'about' and 'default' (TypeError), in {path}, line 2: x = blocks()",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, said: str, tmp_path: Path) -> None:
    """With the user's own line."""
    path = write(tmp_path / "own.py", text)
    with pytest.raises(PolicyError, match=re.escape(said.format(path=path))):
        load("own.py", tmp_path)


@pytest.mark.parametrize("file", ["none.py", "folder.py", "~nobody/x.py", "a\0.py", "loop.py"])
def test_a_file_that_is_not_there_is_said(file: str, tmp_path: Path) -> None:
    """A folder, a loop of links and what no file can be called are no files either."""
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    with pytest.raises(PolicyError, match="there is no Python file"):
        load(file, tmp_path)
    with pytest.raises(PolicyError, match=r"'own.txt' is not a Python file such as my.py"):
        load("own.txt", tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    """Always the same."""\n', "", "level: has no docstring: say below the line of its class what it does"),
        ('    formula = "0.001"\n', "", "level: has no formula: give its class one"),
        ("return 0.001", "return min(age, 10.0) / 100", "epsilon rises from 0.0 at age 0 to 0.01 at age 1"),
        ("return 0.001", "return 1.0", "epsilon is 1.0 at age 0, but must be at least 0 and less than 1"),
        ("return 0.001", "return 0.1 if age < 1e30 else 0.2", "epsilon rises from 0.1 at age 1e+09 to 0.2 at age inf"),
        ("return 0.001", "return age", "epsilon is 1.0 at age 1, but must be"),
        ("return 0.001", "return 0.1 * (age / age)", "float division by zero (ZeroDivisionError) at age 0.0"),
        ("return 0.001", "return 0.1 * (age / (age + 1) - 1) ** 0", None),
        ("    def curve", '    rules = (("a", "<", "b"),)\n\n    def curve', "'a' (KeyError) when it is made"),
        (
            "    def curve",
            "    def prepare(self):\n        return 1\n\n    def curve",
            "(AttributeError) when it is made",
        ),
    ],
)
def test_each_law_is_checked_when_a_policy_is_built(old: str, new: str, said: str | None, tmp_path: Path) -> None:
    """The message names the class's file and the law."""
    path = write(tmp_path / "level.py", LEVEL.format(level=0.001).replace(old, new))
    load("level.py", tmp_path)
    if said is None:
        build("level")
        return
    with pytest.raises(PolicyError, match=re.escape(said)) as caught:
        build("level")
    assert f"{path}, line " in str(caught.value)
