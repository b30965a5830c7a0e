"""A 60-day race with 16 policies and 32 noise seeds on one core: time, memory, and what one more lane costs.

.venv/bin/python benchmarks/race.py
"""

from experiments.bench import race_row


def main() -> None:
    """Print time and memory, and the cost of lanes relative to a single one."""
    full = race_row(policies=16, worlds=32, days=60)
    print(f"16 policies x 32 noise seeds x 60 days: {full['seconds']:.2f} s, peak {full['peak_mb']:.0f} MB")
    one = race_row(policies=1, worlds=1, days=60)["seconds"]
    for lanes in (16, 128, 1024):
        many = race_row(policies=lanes, worlds=1, days=60)["seconds"]
        print(
            f"{lanes:>5} lanes: {many:.2f} s, {many / one:.1f} times one lane; "
            f"per lane {one * lanes / many:.0f} times cheaper"
        )


if __name__ == "__main__":
    main()
