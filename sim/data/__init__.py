"""Data in the simulated world: what models are trained on, what validators judge on, and miners that move."""
