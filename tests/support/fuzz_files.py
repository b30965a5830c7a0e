"""Throws damaged files at the readers for a while: `python tests/support/fuzz_files.py SECONDS [SEED]`.

A file may be refused, or give fewer points than were written; it must never raise, warn, hang, or give a curve that
breaks the promises of `Curve`. A finding is written to finding.bin here and ends the run with exit code 1.
"""

import gzip
import json
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
from event_files import framed
from table_files import FORMS, Form, Point

from experiments.curves.inspection import row
from sim.traces.curve import Curve, read_library, write_library
from sim.traces.read import Refusal, read_file

SLOW = 20.0
"""Seconds that one small file may take on a busy machine."""

TOKENS = [
    *b"NaN nan Infinity -inf 1e999 -1 0 2147483648 18446744073709551616 1,234 3,2774 0:00:12 null true".split(),
    *b"step loss val_loss _step run tokens eval/x/CrossEntropyLoss __MIN PAR1 <script>alert(1)</script>".split(),
    *(bytes([byte]) for byte in b"\"',;\t\n\r\0{}[]:#"), b"\r\n", b" - ", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J",
    b"\xf0\x9f\x98\x80", b'"\\ud800"', b"\x0a\x0a\x0a", b"9" * 400, b"9" * 5000, b"[" * 5000, b'{"a":' * 2000,
    b"CrossEntropyLoss," * 300,
]  # fmt: skip


def points(chance):
    """A run of any length."""
    steps = np.cumsum([chance.randint(1, 50) for _ in range(chance.randint(1, 40))])
    return [
        Point(int(step), f"{chance.uniform(0.1, 12):.4f}", f"{chance.uniform(0.1, 12):.4f}", 3 * n)
        for n, step in enumerate(steps, 1)
    ]


def library(run):
    """A library of the run, as our own files hold it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "library"
        path.write_bytes(FORMS["comma"].write(run))
        write_library(path.with_suffix(".parquet"), read_file(path) * 3)
        return path.with_suffix(".parquet").read_bytes()


def damaged(data, chance, other):
    """The bytes with something wrong with them."""
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at, to = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        to = min(to, at + chance.choice((1, 4, 40, 4000)))
        kind = chance.randrange(8)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[:at] + data[to:]
        elif kind == 2:
            data = data[:at] + data[at:to] * chance.choice((2, 3, 50)) + data[to:]
        elif kind == 3:
            data = data[:at] + chance.choice(TOKENS) + data[at:]
        elif kind == 4:
            data = data[:at] + chance.choice(TOKENS) + data[to:]
        elif kind == 5:
            data = data[:at] + bytes(chance.randrange(256) for _ in range(to - at)) + data[to:]
        elif kind == 6:
            data = data[:at] + other[chance.randrange(len(other) + 1) :]
        else:
            lines = data.splitlines(keepends=True)
            chance.shuffle(lines)
            data = b"".join(lines)
    return data


def packed(data, chance):
    """The bytes, perhaps compressed, and that perhaps damaged too; perhaps under a right checksum."""
    kind = chance.randrange(12)
    if kind == 0:
        data = gzip.compress(data)
    elif kind == 1:
        data = pa.compress(data, "zstd", asbytes=True)
    elif kind == 2:
        data = framed(b"\x09" + data[:8].ljust(8)) + framed(data[:3000])
    elif kind == 3:
        return data.decode("latin-1").encode("utf-16")
    return damaged(data, chance, data) if kind < 2 and chance.random() < 0.5 else data


def check(path, folder):
    """What is read keeps the promises of a curve, and can be shown and stored."""
    found = read_file(path)
    assert found, "nothing at all came of it"
    for item in found:
        json.dumps(row(str(path), item), allow_nan=False)
        if isinstance(item, Refusal):
            assert "please report it" not in item.reason, item.reason
            continue
        assert np.isfinite(item.loss).all()
        assert (np.diff(item.step) > 0).all()
        assert len(item.step) == len(item.tokens) == len(item.seconds) == len(item.loss)
        assert item.kind in ("validation", "train")
    curves = [item for item in found if isinstance(item, Curve)]
    write_library(folder / "library", curves)
    assert [len(curve) for curve in read_library(folder / "library")] == [len(curve) for curve in curves]


def main():
    """Run until the time is over."""
    warnings.simplefilter("error")
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    chance, end, count = random.Random(seed), time.monotonic() + seconds, 0  # noqa: S311 - no secrets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while time.monotonic() < end:
            forms = [chance.choice([*FORMS.values(), Form("library", library)]) for _ in range(2)]
            data, other = (form.write(points(chance)) for form in forms)
            data = packed(damaged(data, chance, other), chance)
            (folder / "file").write_bytes(data)
            begin = time.monotonic()
            try:
                check(folder / "file", folder)
                assert time.monotonic() - begin < SLOW, f"took {time.monotonic() - begin:.1f} s"
            except Exception:
                Path("finding.bin").write_bytes(data)
                print(f"after {count} files, seed {seed}, {forms[0].reader}: see finding.bin")
                raise
            count += 1
    print(f"{count} files, nothing found")


if __name__ == "__main__":
    main()
