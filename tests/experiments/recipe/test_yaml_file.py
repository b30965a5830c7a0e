"""YAML as people mean it, and nothing that an attacker could mean by it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.recipe.yaml_file import MAX_BYTES, MAX_DEPTH, Document, FileError, read
from policies import InputError


def value(text: str) -> object:
    """What the value of a key becomes."""
    return Document(f"key: {text}\n", "file.yaml").data["key"]


def fault(text: str) -> str:
    """The message of the error that the text must end in, one line."""
    with pytest.raises(FileError) as caught:
        Document(text, "file.yaml")
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1e-3", 0.001),
        ("1E+2", 100.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-2.5e3", -2500.0),
        (".inf", float("inf")),
        ("012", 12),
        ("+12", 12),
        ("-3", -3),
        ("0", 0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
    ],
)
def test_numbers_and_switches_of_yaml_1_2(text, meant):
    """`1e-3` is a number, `012` is twelve, and only true and false are switches."""
    assert value(text) == meant
    assert type(value(text)) is type(meant)


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "off", "y", "12:30", "1:30:00", "2024-10-11", "1_000", "=", "<<", "1.2.3", "e5", "."]
)
def test_what_yaml_1_1_would_change_stays_text(text):
    """Words, clock times and dates are what they look like."""
    assert value(text) == text


def test_quoted_is_text():
    """Quotation marks make text of anything."""
    assert (value('"12"'), value("'true'"), value('""')) == ("12", "true", "")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_every_number_as_python_writes_it(number):
    """Floats and whole numbers come back as they were written."""
    assert value(repr(number)) == number


LEAVES = st.booleans() | st.integers() | st.text("ab é\n'\"#:", max_size=5)
NAMES = st.text("abc", min_size=1)


@given(
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
    )
)
def test_what_is_dumped_is_read(data):
    """Plain data comes back as it was dumped."""
    import yaml

    assert Document(yaml.safe_dump(data, allow_unicode=True), "file.yaml").data == data


def test_an_empty_file_is_nothing():
    """No document is `None`."""
    assert Document("# only a remark\n", "file.yaml").data is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "file.yaml:3: a: duplicate key 'a', first given on line 1; remove one of the two"),
        (
            "a:\n  b: 1\n  c: 2\n  b: 3\n",
            "file.yaml:4: a.b: duplicate key 'b', first given on line 2; remove one of the two",
        ),
        ("- {x: 1, x: 1}\n", "file.yaml:1: 0.x: duplicate key 'x', first given on line 1; remove one of the two"),
    ],
)
def test_duplicate_keys_are_refused(text, said):
    """The message gives the lines of both."""
    assert fault(text) == said


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: &x [1]\nb: [*x]", "&x a: 1\n*x : 2", "a: 1\nb: *nobody"])
def test_aliases_are_refused(text):
    """An alias as value, in a list, as key, or without an anchor: refused, with its line."""
    assert fault(text).startswith("file.yaml:2: aliases (*")


def test_a_document_that_doubles_itself_is_refused():
    """The billion laughs end at the first alias."""
    laughs = "a0: &a0 [lol]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    assert fault(laughs).startswith("file.yaml:2: aliases (*a0)")


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [ls]",
        "a: !!python/name:os.system",
        "a: !!python/tuple [1, 2]",
        "a: !mine {b: 1}",
        "a: !!timestamp never",
        "a: !!bool maybe",
        "a: !!set {b: }",
        "a: ! b",
    ],
)
def test_tags_are_refused(text):
    """No tag can name a Python object, or any other type."""
    assert fault(text).startswith("file.yaml:1: tags (")


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "[{a: "])
def test_depth_bombs_are_refused(opening):
    """Nesting that would exhaust the stack is refused before anything recurses."""
    assert fault(opening * 250_000).startswith(f"file.yaml:1: nested more than {MAX_DEPTH} levels deep")


def test_the_deepest_nesting_that_is_allowed():
    """Exactly so many levels are read, and one more is not."""
    assert Document("[" * MAX_DEPTH + "]" * MAX_DEPTH, "file.yaml").data[0]
    assert "levels deep" in fault("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c", 1),
        ("a: 1\n\tb: 2", 2),
        ("a: 'x", 1),
        ("a: [1, 2\nb: 3", 2),
        ("a: 1\n---\nb: 2", 2),
        ("ok: 1\na: \x07", 2),
        ("a: 1\n? [b]\n: 2", 1),
        ("a: " + "9" * 5000, 1),
    ],
)
def test_what_is_not_yaml_is_refused(text, line):
    """Faults of the syntax, control characters and numbers without end are one line with file and line."""
    assert fault(text).startswith(f"file.yaml:{line}: ")


def test_text_that_no_file_can_hold_is_refused():
    """A command line's bytes that are not UTF-8 come as lone surrogates."""
    assert fault("a: \udcff") == "file.yaml: is not UTF-8 text"


def test_lines_of_nested_keys():
    """Every key path leads to its line; a path that is not there, to the line of what is."""
    text = "# remark\nname: x\nscenario:\n  races:\n    - one\n    - two\n  noise: {paired: 1}\n"
    document = Document(text, "file.yaml")
    lines = {
        (): 2,
        ("name",): 2,
        ("scenario",): 3,
        ("scenario", "races"): 4,
        ("scenario", "races", 1): 6,
        ("scenario", "noise", "paired"): 7,
        ("scenario", "nothing", "here"): 3,
        ("nothing",): 2,
    }
    assert {path: document.where(path) for path in lines} == {path: f"file.yaml:{line}" for path, line in lines.items()}


def test_errors_name_file_line_and_key_path():
    """What a reader of the data finds wrong is said with all three, and the path is kept."""
    error = Document("a:\n  - b: 1\n", "file.yaml").error(("a", 0, "b"), "is wrong")
    assert (str(error), error.path) == ("file.yaml:2: a.0.b: is wrong", ("a", 0, "b"))


def written(folder: Path, data: bytes) -> Path:
    """A file of those bytes."""
    path = folder / "recipe.yaml"
    path.write_bytes(data)
    return path


def test_byte_order_mark_and_windows_lines(tmp_path):
    """Neither is part of the first key, nor counts as a line."""
    document = read(written(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n"))
    assert (document.data, document.where(("b",))) == ({"a": 1, "b": 2}, f"{tmp_path / 'recipe.yaml'}:2")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: \xff\n", "is not UTF-8 text"),
        (b"a: " + b"x" * MAX_BYTES, "a recipe has at most 1,000,000"),
    ],
)
def test_files_that_cannot_be_recipes(tmp_path, data, said):
    """Not UTF-8, or far too large: said with the file's name."""
    path = written(tmp_path, data)
    with pytest.raises(FileError, match=said) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_what_is_no_file(tmp_path):
    """A missing file, a folder, a pipe, a device and a loop of links are told in one line, and nothing hangs."""
    loop, pipe = tmp_path / "loop.yaml", tmp_path / "pipe.yaml"
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    for path in (tmp_path / "none.yaml", tmp_path, pipe, Path("/dev/zero"), loop):
        with pytest.raises(FileError, match=r"^[^\n]*: cannot be read: .*; give the path of a"):
            read(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a: 1\n".encode("utf-16"), "is not UTF-8 text (invalid start byte at byte 0)"),
        (b"a: \0\n", "1: not YAML: "),
        (b"\xef\xbb\xbf", ""),
        (b"", ""),
    ],
)
def test_bytes_that_are_no_recipe(tmp_path, data, said):
    """UTF-16 and NUL bytes are refused; a file that is empty but for a mark is one without a document."""
    path = written(tmp_path, data)
    if not said:
        assert read(path).data is None
        return
    with pytest.raises(FileError) as caught:
        read(path)
    assert said in str(caught.value)


def test_keys_that_no_terminal_should_print(tmp_path):
    """A key with control characters is written out wherever a message has its path."""
    assert str(Document("a: 1", "x").error(("\x1b[31m", "b"), "is wrong")) == r"x:1: \x1b[31m.b: is wrong"
    assert fault('"\\e[1m": 1\n"\\e[1m": 2\n').isprintable()
