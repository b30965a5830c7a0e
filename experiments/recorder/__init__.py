"""Training of small language models on the spot, so that loss traces are real and made by the user's own machine.

`text` reads text as bytes, `model` and `optim` are what is trained and how, `recording` is the loop, `checkpoint` lets
a killed run go on, `library` makes the traces that are shipped. torch is imported inside functions: no import is slow.
"""
