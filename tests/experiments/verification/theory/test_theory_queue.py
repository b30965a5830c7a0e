"""Waiting times."""

import pytest

from experiments.verification.theory.queue import GatedServer, md1_wait, mm1_time


def test_gated_server_as_published():
    """Published values: 2 arrivals an hour, .12 h each, 1.5 h for the kept models: 1.9737 h, .0603 h^2, 3.1031 h."""
    server = GatedServer(kept=1.5, each=0.12, arrivals=2)
    assert round(server.mean_step, 4) == 1.9737
    assert round(server.step_variance, 4) == 0.0603
    assert round(server.delay, 4) == 3.1031


def test_nobody_comes():
    """A lone submission finds steps of equal length: it waits for half a step, then for the kept and for itself."""
    server = GatedServer(kept=1.5, each=0.12, arrivals=0)
    assert (server.mean_step, server.step_variance) == (1.5, 0)
    assert server.delay == pytest.approx(0.75 + 1.5 + 0.12)


def test_the_step_balances():
    """A step's mean and variance are those of the step after it: kept + each * Poisson(arrivals * length)."""
    server = GatedServer(kept=0.7, each=0.3, arrivals=2.5)
    assert server.kept + server.each * server.arrivals * server.mean_step == pytest.approx(server.mean_step)
    of_count = server.arrivals * server.mean_step + server.arrivals**2 * server.step_variance
    assert server.each**2 * of_count == pytest.approx(server.step_variance)


def test_simple_queues():
    """M/M/1 at half load takes twice the service; M/D/1 waits half as long as M/M/1."""
    assert mm1_time(2.0, 1.0) == 1.0
    assert md1_wait(2.0, 1.0) == pytest.approx((mm1_time(2.0, 1.0) - 1 / 2.0) / 2)
