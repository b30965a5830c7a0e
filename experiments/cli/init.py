"""`steepest init`: a folder to start from."""

from pathlib import Path
from typing import Annotated

import typer

from policies.errors import InputError


def init_command(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    world: Annotated[bool, typer.Option("--world", help="Simulated miners under a panel of policies.")] = False,
    race: Annotated[bool, typer.Option("--race", help="A race of your own and its table; the usual.")] = False,
    tune: Annotated[bool, typer.Option("--tune", help="A study that searches for a schedule.")] = False,
    policy: Annotated[bool, typer.Option("--policy", help="A policy of your own, and a world that runs it.")] = False,
) -> None:
    """Make a folder with a recipe to start from, and what it needs."""
    from experiments.data import STARTER
    from experiments.files import write

    chosen = [name for name, asked in (("world", world), ("race", race), ("tune", tune), ("policy", policy)) if asked]
    if len(chosen) > 1:
        raise InputError(f"--{chosen[0]} and --{chosen[1]} make different recipes; give one of them")
    try:
        whole = folder.resolve(strict=False)
        taken = whole.exists() and (not whole.is_dir() or any(whole.iterdir()))
    except (OSError, RuntimeError) as error:  # until Python 3.12 a loop of links is a RuntimeError
        raise InputError(f"{folder} leads nowhere: {getattr(error, 'strerror', None) or error}") from None
    if taken:
        raise InputError(f"{folder} is not empty; give a new folder, so that nothing is overwritten")
    name = "".join(c if c.isalnum() or c in "._-" else "-" for c in whole.name).strip("-._") or "experiment"
    files = sorted(path for path in (STARTER / (chosen or ["race"])[0]).iterdir() if path.is_file())
    for file in files:
        write(folder / file.name, file.read_text(encoding="utf-8").replace("my-experiment", name[:64]))
    print(f"made {' and '.join(f'{folder / file.name}' for file in files)}")
    print(f"run it:  steepest {'tune' if tune else 'run'} {folder}/recipe.yaml")
