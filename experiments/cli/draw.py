"""A line chart in plain text, for a terminal."""

import numpy as np

HEIGHT = 12


def chart(x: np.ndarray, y: np.ndarray, x_title: str, y_title: str) -> str:
    """One character per point, from 0 to the largest y; quarter blocks give four levels per line.

    Args:
        x: rising, `[points]`.
        y: not negative, `[points]`.
        x_title, y_title: what the axes mean.
    """
    top = float(y.max()) or 1.0
    level = np.round(y / top * HEIGHT * 4).astype(int)
    lines = [f"{y_title}"]
    for row in range(HEIGHT, 0, -1):
        filled = np.clip(level - (row - 1) * 4, 0, 4)
        label = f"{top * row / HEIGHT:8.3f}" if row % 3 == 0 else " " * 8
        lines.append(f"{label} │{''.join(' ▂▄▆█'[n] for n in filled)}")
    width = len(x)
    lines.append(f"{0:8.3f} └{'─' * width}")
    lines.append(f"{'':10}{x[0]:<{width // 2}g}{x[-1]:>{width - width // 2}g}")
    lines.append(f"{'':10}{x_title:^{width}}")
    return "\n".join(lines)
