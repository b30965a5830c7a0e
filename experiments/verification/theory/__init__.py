"""Closed forms: what a world must show on average where theory knows the answer (theory, sections C4 and D)."""
