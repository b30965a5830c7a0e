"""Races that were run: dated submissions, laid on the clock, under every policy at once."""
