"""Closed forms of what a world must show on average; `lived/X.py` simulates the worlds for the formulas in `X.py`."""
