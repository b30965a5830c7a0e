"""Is judging a pool quicker than a loop over dicts, with 5 models as with 256? Both are measured in this run.

.venv/bin/python benchmarks/pool.py
"""

from experiments.bench.pool import pool_rows


def main() -> None:
    """Print each way of judging beside the loop."""
    for each in pool_rows():
        loop, ours = 1e6 * each["simpy_seconds"], 1e6 * each["seconds"]
        quicker = each["simpy_seconds"] / each["seconds"]
        print(
            f"{each['miners']:>3} models, all competitive: a loop over dicts takes {loop:,.1f} us; "
            f"{each['what']} {ours:,.2f} us, {quicker:.1f} times as fast"
        )
    print("The original functions took 58 ms for 256 models on a machine with two cores.")


if __name__ == "__main__":
    main()
