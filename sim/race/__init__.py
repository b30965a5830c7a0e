"""Races that were run: dated submissions, laid on the clock as the script of a world, under every policy at once."""
