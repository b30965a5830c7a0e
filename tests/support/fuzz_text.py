"""Feeds damaged text logs to every text reader: `python tests/support/fuzz_text.py SECONDS [SEED]`.

Fails on an exception, on a warning of numpy, and on a file that takes more than two seconds; the file is kept.
"""

import gzip
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

from text_logs import FORMS, PROGRAM, Point

from sim.traces import formats
from sim.traces.read import read_file
from sim.traces.reading.source import Source, Unreadable
from sim.traces.tidy import Given, tidy

SLOWEST = 2.0
READERS = sorted({form.reader for form in FORMS.values()})
GIVEN = (Given(), Given(tokens_per_step=1e6, kind="train"), Given(kind="validation", bytes_per_token=4.0))
PIECES = [
    *(
        b"nan",
        b"inf",
        b"-inf",
        b"1e999",
        b"-1e-999",
        b"9" * 400,
        b"1,000",
        b"3,5",
        b",",
        b":",
        b": ",
        b"|",
        b" | ",
        b"/",
    ),
    *(b"\0", b"\r", b"\n", b"\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[31m", b"\xe2\x82", b" " * 5000, b"\t"),
    *(
        b"=" * 100 + b"\n",
        b"import os\n",
        b"def f():\n",
        b"step:",
        b"step ",
        b"iteration ",
        b"loss",
        b"val_loss:",
        b"s:",
    ),
    *(
        b":::MLLOG ",
        b"{" * 3000,
        b"[" * 3000,
        b'"',
        b"1: ",
        b"[rank0]:",
        b"ms",
        b"2024-02-30 25:61:61,999",
        "٣".encode(),
    ),
    *(
        b"run_start",
        b"valid loss at iteration 5 |",
        b"| lm loss: ",
        b"OVERFLOW!",
        b"global_step=",
        b"tok/s",
        b"-",
        b".",
    ),
]


def sample(chance: random.Random) -> bytes:
    """A log of some form, or two of them."""
    parts = PROGRAM * chance.randrange(2)
    for _ in range(chance.choice((1, 1, 1, 2))):
        every, count = chance.randrange(1, 300), chance.randrange(1, 40)
        run = [Point(n * every, f"{chance.uniform(2, 11):.4f}", n * every * 7) for n in range(1, count + 1)]
        parts = parts + FORMS[chance.choice(list(FORMS))].write(run)
    return "\n".join(parts).encode() + b"\n"


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The log after a few changes anywhere."""
    for _ in range(chance.choice((1, 1, 2, 3, 5, 10, 30))):
        here = chance.randrange(len(data) + 1)
        there = min(len(data), here + chance.choice((1, 1, 2, 5, 20, 200, 2000)))
        how = chance.randrange(8)
        if how == 0:
            data = data[:here] + bytes(chance.randrange(256) for _ in data[here:there]) + data[there:]
        elif how == 1:
            data = data[:here] + data[there:]
        elif how == 2:
            data = data[:there] + data[here:there] + data[there:]
        elif how == 3:
            data = data[:here] + chance.choice(PIECES) + data[chance.choice((here, there)) :]
        elif how == 4 and there > here:
            data = (
                data[:here] + data[here:there] * (chance.choice((10, 1000, (1 << 20) // (there - here)))) + data[there:]
            )
        elif how == 5:
            data = data[:here] + data[here:there].replace(b"\n", b" ") + data[there:]
        elif how == 6:
            lines = data.split(b"\n")
            data = b"\n".join(chance.sample(lines, len(lines)))
        else:
            data = data[:here] if chance.random() < 0.3 else data
        data = data[: 3 << 20]
    if chance.random() < 0.05:
        data = gzip.compress(data)[: chance.randrange(20, 200_000)]
    return data


def feed(path: Path) -> float:
    """The file to whichever reader knows it, and to every reader of text; seconds of the slowest pass."""
    took = []
    for given in GIVEN:
        begin = time.process_time()
        read_file(path, given)
        took.append(time.process_time() - begin)
    for name in READERS:
        begin = time.process_time()
        try:
            for raw in formats.readers()[name].read(Source(path)):
                tidy(raw, GIVEN[0], "", name)
        except Unreadable:
            continue
        took.append(time.process_time() - begin)
    return max(took)


def main(seconds: float, seed: int) -> int:
    """Until the time is over; 1 if a file broke a reader."""
    warnings.simplefilter("error")
    end, slowest, count = time.monotonic() + seconds, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        while time.monotonic() < end:
            chance = random.Random(seed + count)  # noqa: S311
            path.write_bytes(damaged(sample(chance), chance))
            try:
                took = feed(path)
            except Exception:
                print(f"seed {seed + count} broke a reader")
                raise
            if took > SLOWEST:
                print(f"seed {seed + count} took {took:.1f} s ({path.stat().st_size} bytes)")
                return 1
            slowest, count = max(slowest, took), count + 1
    print(f"{count} files from seed {seed} on, the slowest took {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
