"""How much faster the pool kernel is than a validator's way of doing it, both measured in this run.

The plain way is written from the rules: models by uid in dicts, one function call per pair, the advantage computed anew
for every pair. The ratio does not depend on how busy or how fast the machine is.

    .venv/bin/python benchmarks/pool.py
"""

import numpy as np

from experiments.bench import chain, kernel_row
from experiments.bench_row import best_of
from policies import find
from policies.export import export
from sim.mechanism.judge import judge

NOW = 100_000.0


class Plain:
    """Filter, win rates and softmax of one pool in plain Python, with the drop-in class that the shelf exports."""

    def __init__(self, loss: list[float], block: list[float]) -> None:
        self.loss, self.block = dict(enumerate(loss)), dict(enumerate(block))
        scope: dict[str, type] = {}
        exec(export(find("fixed")(epsilon=0.0001)), scope)  # noqa: S102 - our own text
        self.advantage = scope["FixedEpsilon"]()

    def beats(self, i: int, j: int) -> bool:
        """Whether model i beats model j."""
        mine, theirs = self.loss[i], self.loss[j]
        if self.block[i] < self.block[j]:
            mine *= 1 - self.advantage.compute_epsilon(NOW, self.block[i])
        elif self.block[j] < self.block[i]:
            theirs *= 1 - self.advantage.compute_epsilon(NOW, self.block[j])
        return mine < theirs

    def competitive(self) -> list[int]:
        """Models that beat every earlier one after full decay."""

        def passes(i: int) -> bool:
            return all(
                self.loss[i] < (1 - self.advantage.compute_epsilon(float("inf"), 0.0)) * self.loss[j]
                for j in self.loss
                if j != i and self.block[j] <= self.block[i]
            )

        return [i for i in self.loss if passes(i)]

    def weights(self) -> list[float]:
        """Step weights of all models."""
        among = self.competitive()
        rate = dict.fromkeys(self.loss, 0.0)
        for i in among:
            rate[i] = sum(self.beats(i, j) for j in among if j != i) / max(len(among) - 1, 1)
        raised = np.exp(np.array(list(rate.values()), dtype=np.float32) / np.float32(0.01) - np.float32(100))
        return (raised / raised.sum()).tolist()


def main() -> None:
    """Print the loop, the kernel and their ratio, and the kernel over many lanes."""
    arrays = chain(256, 1)
    plain = Plain(arrays[0][:, 0].tolist(), arrays[1][:, 0].tolist())
    same = np.allclose(plain.weights(), judge(*arrays).weights[:, 0], rtol=1e-5, atol=1e-30)
    slow, quick = best_of(5, plain.weights), best_of(100, lambda: judge(*arrays))
    print(
        f"256 models, all competitive, one lane: pair by pair {slow * 1e3:.1f} ms, kernel {quick * 1e6:.0f} us, "
        f"{slow / quick:.0f} times faster, same answer: {same}"
    )
    print(f"against the 58 ms that the original functions took on a 2-core machine: {0.058 / quick:.0f} times")
    row = kernel_row(16, 256)
    print(f"16 models x 256 lanes: {row['per_lane_ms'] * 1e3:.2f} us per lane")


if __name__ == "__main__":
    main()
