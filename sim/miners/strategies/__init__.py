"""Strategies, one to a file: pure functions of what one miner sees. `names`, `find` and `build` know the folder."""

from pathlib import Path

from policies.registry import Registry
from sim.miners.strategy import Strategy

SHELF = Registry(
    Strategy, "strategy", __name__, Path(__file__).parent, (), "{honest: {certainty: 0.8}}", group="steepest.strategies"
)

names = SHELF.names
"""The names of all strategies, from the files in this folder."""

find = SHELF.find
"""The strategy of that name. PolicyError: no such file, or not one strategy in it."""

build = SHELF.build
"""A strategy from its YAML form: a name, or `{name: {parameter: value}}`. PolicyError: with the path to the fault."""
