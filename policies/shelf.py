"""The shelf: policies found by the file they stand in; listing looks into the folder and imports nothing."""

from pathlib import Path

from policies.base import Policy
from policies.laws import check_laws
from policies.plugins import Plugins

ROOMS = {
    "base",
    "declared",
    "errors",
    "export",
    "export_source",
    "export_text",
    "faults",
    "laws",
    "nested",
    "numbers",
    "parameter",
    "plugins",
    "seen",
    "shelf",
}
"""Modules of this package that are no policies."""

_shelf = Plugins(Policy, "policy", "policies", Path(__file__).parent, ROOMS, "{linear: {start: 0.005}}", check_laws)

names = _shelf.names
"""The names of all policies, from the files in this folder."""

find = _shelf.find
"""The policy of that name; hyphens and underscores are the same. PolicyError: no such file, or not one policy in it."""

build = _shelf.build
"""A policy from its YAML form: a name, or `{name: {parameter: value}}`.

PolicyError: with the key path to the fault; the policy breaks a law, and the message names it.
"""
