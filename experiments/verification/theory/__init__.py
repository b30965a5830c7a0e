"""Closed forms: what a world must show on average where a closed form is known."""
