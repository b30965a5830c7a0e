"""The picture: where the simulated noise looks like the logs, and where it does not."""

from pathlib import Path
from typing import Any

from experiments.run.files import write
from experiments.verification.calibration import panels
from experiments.verification.calibration.logs import read_history, read_later, read_steps
from experiments.verification.calibration.simulated import field, simulate
from sim.validators.noise import NOVEMBER_2023, NoiseLevel

WIDTH, HEIGHT = 1160, 940


def draw(folder: Path, path: Path) -> None:
    """Write the picture of a folder's logs, as SVG or PNG by the ending of the path; needs kaleido and a browser."""
    write(path, picture(folder).to_image(format=path.suffix[1:], width=WIDTH, height=HEIGHT))


def picture(folder: Path, level: NoiseLevel = NOVEMBER_2023) -> Any:
    """The plotly figure of a folder's logs, four panels."""
    from plotly.subplots import make_subplots  # noqa: PLC0415 - slow to import

    logged = read_steps(folder)
    worlds = simulate(field(logged), level)
    drawn = (
        panels.levels(logged, worlds),
        panels.spreads((logged, read_history(folder), read_later(folder)), worlds, level),
        panels.tails(logged, worlds),
        panels.slopes(logged, worlds),
    )
    titles = [f"{letter}. {panel.title}" for letter, panel in zip("ABCD", drawn, strict=True)]
    figure = make_subplots(rows=2, cols=2, subplot_titles=titles, vertical_spacing=0.13, horizontal_spacing=0.09)
    for number, panel in enumerate(drawn):
        place = {"row": number // 2 + 1, "col": number % 2 + 1}
        figure.add_traces(
            panel.traces, rows=[place["row"]] * len(panel.traces), cols=[place["col"]] * len(panel.traces)
        )
        figure.update_xaxes(gridcolor="#e8e8e8", zeroline=False, **panel.x, **place)
        figure.update_yaxes(gridcolor="#e8e8e8", zeroline=False, **panel.y, **place)
    figure.update_layout(
        template="plotly_white",
        margin={"t": 50, "r": 20, "b": 20, "l": 70},
        legend={"orientation": "h", "y": -0.09, "x": 0.5, "xanchor": "center"},
    )
    return figure
