"""Miners: what they own, how their models get better, and the strategies by which they decide."""
