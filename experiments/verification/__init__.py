"""Checks of the simulator: closed forms, recorded answers, calibration, predictions. Nothing else imports them."""
