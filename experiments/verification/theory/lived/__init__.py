"""Worlds in which the closed forms can be seen: a module per kind of contest, with passes that any process can run."""
