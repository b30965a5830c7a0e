"""Sentences about texts that are no YAML."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.recipe.yaml_file import Document, FileError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nscenario\n  kind: world\n", "2: not YAML: 'scenario' has no colon; write 'scenario:'"),
        ("name own\nseed: 1\n", "1: not YAML: 'name own' has no colon; write 'name: own'"),
        ("a:\n  b: 1\n  noise\n    c: 3\n", "3: not YAML: 'noise' has no colon; write 'noise:'"),
        ("a: x\nseed:1\nb: 2\n", "2: not YAML: 'seed:1' has no space after the colon; write 'seed: 1'"),
        ("a:\n  b: 1\n c: 2\n", "3: not YAML: 'c: 2' is indented by 1 space, as nothing above it; what"),
        ("a: 1\n\n  b: 2\n", "3: not YAML: 'b: 2' is indented by 2 spaces, as if it belonged to line 1, which has a"),
        ("p:\n  - a\n  b: 2\n", "3: not YAML: 'b: 2' stands in the column of the list on line 2, but"),
        ("p: [a,\n b\nc: 2\n", "3: not YAML: '[' of line 1 is not closed, or a comma is missing"),
        ("p: {a: 1 b: 2}\n", "1: not YAML: '{' of line 1 is not closed, or a comma is missing"),
        ("p: 'a\nb: 2\n", "1: not YAML: a quotation mark is not closed"),
        ("p:\n\ta: 1\n", "2: not YAML: the line is indented with a tab; use spaces"),
        ("p: @a\n", "1: not YAML: a value begins with '@'; put it in quotation marks"),
        (
            "p: is it: so\n",
            "1: not YAML: two colons in a line; put what belongs to the first in braces {}, or text in quotation marks",
        ),
    ],
)
def test_a_fault_is_said_in_a_sentence(text: str, said: str) -> None:
    """The line, what is there, and what it should be."""
    with pytest.raises(FileError) as caught:
        Document(text, "x.yaml")
    assert str(caught.value).startswith(f"x.yaml:{said}")


@given(st.lists(st.sampled_from(["a", "b: 1", "c:", "- d", " ", "\n", "\n  ", "{", "]", "'", "\t", "#", "@", "\0"])))
def test_any_text_is_a_document_or_has_a_message(parts: list[str]) -> None:
    """Whatever the damage, no other error comes out."""
    with suppress(FileError):
        Document("".join(parts), "x.yaml")
