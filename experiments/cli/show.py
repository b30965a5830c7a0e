"""`steepest traces show`: curves as a picture."""

from pathlib import Path
from typing import Annotated, cast

import typer

from experiments.cli.traces import traces_app
from policies.errors import InputError, nearest

AXES = ("step", "tokens", "seconds")
GROUPS = ("run", "size", "schedule", "dataset", "kind", "source")


@traces_app.command(
    epilog="Example: steepest traces show library.parquet --by size --x tokens --out curves.html --png curves.png"
)
def show(
    paths: Annotated[list[Path], typer.Argument(help="Libraries, logs or folders.")],
    out: Annotated[Path, typer.Option("--out", help="The HTML page to write.")] = Path("curves.html"),
    png: Annotated[Path | None, typer.Option("--png", help="Write a PNG too.")] = None,
    x: Annotated[str, typer.Option("--x", help=f"Horizontal axis: {', '.join(AXES)}.")] = "step",
    by: Annotated[str, typer.Option("--by", help=f"Colour by {', '.join(GROUPS)}.")] = "run",
    run: Annotated[str, typer.Option("--run", help="Only runs whose name or file contains this.")] = "",
    linear: Annotated[bool, typer.Option("--linear", help="Linear axes in place of logarithmic ones.")] = False,
) -> None:
    """Draw curves to one HTML page that works offline, and to PNG."""
    from experiments.curves import show as pictures
    from sim.traces.curve import Curve
    from sim.traces.read import read_file, walk

    for option, given, known in (("--x", x, AXES), ("--by", by, GROUPS)):
        if given not in known:
            raise InputError(f"{option} {given}: {nearest(given, known)} (one of {', '.join(known)})")
    found = [item for path in walk(paths) for item in read_file(path)]
    curves = [c for c in found if isinstance(c, Curve) and (run in c.run or run in c.source)]
    if not curves:
        refusals = [f"{item.source}: {item.reason}" for item in found if not isinstance(item, Curve)]
        raise InputError(f"no curve to show{f' whose name contains {run!r}' if run else ''}; {'; '.join(refusals[:3])}")
    picture = pictures.figure(curves, cast(pictures.Axis, x), cast(pictures.By, by), log=not linear)
    pictures.write_page(out, picture)
    print(out)
    if png is not None:
        pictures.write_image(png, picture)
        print(png)
