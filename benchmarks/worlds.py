"""What does a world cost with more and more lanes, beside the same contest by hand? Ratios of one run.

.venv/bin/python benchmarks/worlds.py [LANES ...]
"""

import sys

from experiments.bench.worlds import LANES, world_rows


def main(lanes: tuple[int, ...]) -> None:
    """Print time, memory, and what a lane and step cost."""
    for each in world_rows(lanes):
        print(
            f"{each['lanes']:>6} lanes, {each['miners']} miners, {each['days']:g} days: {each['seconds']:.3f} s, "
            f"{each['us_per_lane_step']:.2f} us a lane and step, {each['peak_mb']:.0f} MB; "
            f"by hand in SimPy {each['simpy_seconds']:.2f} s, {1 / each['ratio']:.1f} times as long"
        )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or LANES)
