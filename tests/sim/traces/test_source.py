"""A file as bytes and lines: line ends, encodings, bounds, cut compressed files."""

import gzip
from pathlib import Path

import pytest
from table_files import refusal
from text_logs import FORMS, Point, curve

from sim.traces.reading import source as source_module
from sim.traces.reading.source import LONGEST_LINE, Source

RUN = [Point(10 * n, f"{9 - n / 10:.4f}", 1000 * n) for n in range(1, 9)]
READERS = sorted({form.reader for form in FORMS.values()})


def lines_of(path: Path, data: bytes) -> list[str]:
    """The lines of a file with these bytes."""
    path.write_bytes(data)
    return list(Source(path).lines())


def test_line_ends(tmp_path):
    """CR, LF and CRLF end a line, also where a chunk ends between the two; a last line needs no end."""
    assert lines_of(tmp_path / "log", b"a\rb\r\nc\n\nd") == ["a", "b", "c", "", "d"]
    for size in range(65_530, 65_540):
        assert lines_of(tmp_path / "log", b"x" * size + b"\r\ny\r\n") == ["x" * size, "y"]


def test_encodings(tmp_path):
    """A BOM is no part of the first line; UTF-16 is read; bytes that are no text are marked, not fatal."""
    assert lines_of(tmp_path / "log", "é\nb\n".encode("utf-8-sig")) == ["é", "b"]
    assert lines_of(tmp_path / "log", "é\r\nb\r\n".encode("utf-16")) == ["é", "b"]
    assert lines_of(tmp_path / "log", b"a\xffb\nc\xe2\n") == ["a\ufffdb", "c\ufffd"]


def test_long_lines_are_cut(tmp_path):
    """Lines of more than a mebibyte do not fill the memory."""
    source = Source(tmp_path / "log") if (tmp_path / "log").write_bytes(b"x" * 3_000_000 + b"\nb\n") else None
    assert [len(line) for line in source.lines()] == [LONGEST_LINE, 1]


def test_the_head_has_the_lines_of_the_file(tmp_path):
    """The whole lines of the head are the first lines of the file."""
    (tmp_path / "log").write_bytes(b"step\r\nloss\rx\n" * 200_000)
    source = Source(tmp_path / "log")
    assert all(one == other for one, other in zip(source.head_lines, source.lines(), strict=False))
    assert len(source.head_lines) > 200_000


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_gzip_file_gives_what_it_has(tmp_path, share):
    """What was packed before the cut is read, and the curve says that the log is cut."""
    run = [Point(n, f"{9 - n / 2000:.4f}", 17 * n) for n in range(1, 10_001)]
    data = gzip.compress(("\n".join(FORMS["modded"].write(run)) + "\n").encode())
    found = curve(tmp_path / "log.gz", data[: int(len(data) * share)])
    assert share - 0.2 < len(found) / len(run) < share + 0.2
    assert found.loss.tolist() == [float(point.loss) for point in run[: len(found)]]
    assert "truncated" in found.flags


@pytest.mark.parametrize("filling", [b"\n", b" \n", b"1\n"])
@pytest.mark.parametrize(
    "start", [b"step:1/9 val_loss:3.0 train_time:1ms\n", b"step,val_loss\n1,2.0\n", b'{"step": 1, "loss": 2.0}\n']
)
def test_very_many_short_lines(tmp_path, monkeypatch, start, filling):
    """A gibibyte of line ends in a megabyte of gzip is refused after ten million lines."""
    assert source_module.MOST_SHORT_LINES == 10_000_000
    monkeypatch.setattr(source_module, "MOST_SHORT_LINES", 100_000)
    said = refusal(tmp_path, gzip.compress(start + filling * ((1 << 20) // len(filling))))
    assert said == "has more than 100,000 lines of less than 8 bytes on average"
