"""Delimited text: separators, comments, ragged rows, headers on the way, torn ends."""

import pytest
from table_files import curve


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   "])
def test_separators(tmp_path, separator):
    """Commas, semicolons, tabs and spaces part cells."""
    assert curve(tmp_path, rows("step~loss|1~9.5|20~8.25".replace("~", separator))).loss.tolist() == [9.5, 8.25]


def test_ragged_rows_and_words_in_cells_are_left_out_and_counted(tmp_path):
    """Rows of another length and text among numbers are left out, and said to be."""
    found = curve(tmp_path, rows("step,val_loss|1,9|2,8,7|error|3,n/a|4,oops|5,6|6,5"))
    assert found.step.tolist() == [1, 5, 6]
    assert "rows with more or fewer cells than the header left out: 2 lines" in found.warnings
    assert "cells that are no numbers taken as empty: 1 line" in found.warnings


def test_headers_repeated_or_changed_on_the_way(tmp_path):
    """A file that was appended to may have its header again, or one with more columns."""
    found = curve(tmp_path, rows("step,val_loss|1,9|step,val_loss|2,8|step,lr,val_loss|3,0.1,7|4,0.1,6"))
    assert found.loss.tolist() == [9, 8, 7, 6]


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("30,3.27", False),
        ("30,3", False),
        ("30", False),
        ("30,3.2708", True),
        ("30,3.2708\n", True),
        ("30,3.27\n", True),
    ],
)
def test_a_last_line_without_an_end_is_torn_if_it_looks_it(tmp_path, last, kept):
    """Without a line end, a last row with fewer cells or fewer decimals than all others is left out."""
    lines = "".join(f"{step},{4 - step / 100:.4f}\n" for step in range(6))
    found = curve(tmp_path, f"step,val_loss\n{lines}{last}".encode())
    assert (found.step[-1] == 30) == kept
    assert ("truncated" in found.flags) != kept


def test_a_quotation_mark_that_is_never_closed_ends_nothing(tmp_path):
    """Rows after a damaged one are read on."""
    lines = "".join(f"{step},5.0\n" for step in range(2, 60_000))
    found = curve(tmp_path, f'step,val_loss\n1,"9\n{lines}'.encode())
    assert found.step[-1] == 59_999
    assert "damaged rows left out: 1 line" in found.warnings


def test_comments_are_passed_over(tmp_path):
    """Lines that begin with `#` are no rows."""
    assert curve(tmp_path, rows("# made by hand|step,val_loss|1,9|# half time|2,8")).loss.tolist() == [9, 8]
