"""Scenario discovery: a Latin hypercube over numbers that nobody knows, and readable rules for where a policy loses.

- `plan` reads the recipe and draws the points: each is a scenario and a population of its own.
- `measure` lets all lanes live in each of them, in worlds of its own, and keeps every point as it is done.
- `prim` finds boxes of points in which many are lost: the patient rule induction method.
- `rules` finds boxes in one half of the points and judges them in the other.
- `run` does all of this and writes the results.
"""
