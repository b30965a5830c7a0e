"""What commands share: documents, progress, and how Ctrl-C ends them."""

import pytest
import typer

from experiments.cli.terminal import print_found, stoppable
from experiments.run.progress import bar


def test_a_document_or_words(capsys):
    """`--json` prints the document alone, and anything else what describes it."""
    print_found({"a": 1}, True, lambda found: f"a is {found['a']}")
    print_found({"a": 1}, False, lambda found: f"a is {found['a']}")
    assert capsys.readouterr().out == '{\n  "a": 1\n}\na is 1\n'


def test_json_has_no_nan():
    """A document with a number that JSON does not have is an error of ours, and nothing is printed."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_found({"a": float("nan")}, True, str)


def test_no_progress_without_a_terminal(capsys):
    """Nothing is drawn where standard error is a file, whatever is reported."""
    with bar("worlds") as progress:
        progress(1, 2)
        progress(0, None, "selecting")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("advice", "said"), [("", "stopped"), ("go on", "stopped; go on")])
def test_ctrl_c_ends_with_one_line(capsys, advice, said):
    """Exit code 130, and one line on standard error with what to do."""
    with pytest.raises(typer.Exit) as ended, stoppable(advice):
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130
    assert capsys.readouterr() == ("", f"steepest: {said}\n")
