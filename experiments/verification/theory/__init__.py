"""Closed forms of what a world must show on average; `worlds/X.py` simulates the worlds for the formulas in `X.py`."""
