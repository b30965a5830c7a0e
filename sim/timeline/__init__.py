"""One lane's life in a world as text, line by line."""

from sim.timeline.story import narrate

__all__ = ["narrate"]
