"""Checks of the simulator: closed forms, recorded answers, validators' logs, predictions. Only commands import them."""
