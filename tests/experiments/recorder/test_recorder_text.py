"""Texts as documents and symbols, and their split into two."""

import math
import subprocess
import sys

from experiments.recorder import text


def test_importing_the_recorder_does_not_import_torch():
    """torch is slow to import, and only those who record pay for it."""
    program = "import sys, experiments.recorder.recording, experiments.cli.record; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_text_becomes_its_bytes_with_a_separator_before_each_document():
    """Symbols 0 to 255 are bytes; 256 begins a document."""
    made = text.corpus("ab", [b"hi", "é".encode()])
    assert made.symbols.tolist() == [256, 104, 105, 256, 0xC3, 0xA9]
    assert made.documents == 2


def test_form_feeds_and_files_end_documents_and_only_text_counts(tmp_path):
    """A folder is read in the order of names, without hidden and binary files; CRLF is a line end."""
    (tmp_path / "b.txt").write_bytes(b"three\r\nlines")
    (tmp_path / "a.txt").write_bytes(b"one\ftwo\f\n")
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    (tmp_path / ".hidden").write_bytes(b"no")
    warnings = []
    assert list(text.documents(tmp_path, warnings)) == [b"one", b"two", b"three\nlines"]
    assert warnings == ["files that are no text skipped: 1"]


def test_a_long_text_is_cut_at_blank_lines_and_nothing_is_lost(tmp_path):
    """A book in one file has parts, none shorter than 2 KiB but the last."""
    book = b"\n\n".join(b"%05d" % i * 100 for i in range(60))
    (tmp_path / "book.txt").write_bytes(book)
    parts = list(text.documents(tmp_path / "book.txt", []))
    assert b"\n\n".join(parts) == book
    assert min(map(len, parts[:-1])) >= text.SHORT


def test_what_is_read_is_bounded(tmp_path, monkeypatch):
    """Text beyond the bound is left out, and that is said."""
    monkeypatch.setattr(text, "TEXT_BYTES", 1 << 20)
    (tmp_path / "a.txt").write_bytes(b"x" * (3 << 20))
    warnings = []
    assert sum(map(len, text.documents(tmp_path, warnings))) == 1 << 20
    assert warnings == [f"only the first 1 MiB of {tmp_path.name} were read"]


def test_held_out_documents_are_never_learnt_from():
    """The split goes by content: copies are on one side, one document in twenty is held out, order does not matter."""
    texts = [b"document %d" % (i % 3000) for i in range(4000)]
    training, held = text.split(texts)
    assert not set(training) & set(held)
    assert len(training) + len(held) == len(texts)
    assert abs(len(set(held)) / 3000 - 1 / 20) < 4 * math.sqrt(1 / 20 / 3000)
    assert set(text.split(reversed(texts))[1]) == set(held)
