"""Laws of training curves with their published or fitted constants: what a synthesised curve is made of.

"computed" in the docstrings means: from public logs, by this project.
"""
