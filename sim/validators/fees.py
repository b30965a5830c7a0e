"""Fees for protection: what options of a protection menu take of the pay, and what each has paid so far."""

from collections.abc import Sequence
from math import exp, isfinite
from typing import NamedTuple

import numpy as np

from sim.compiler import inner
from sim.lanes import Lane
from sim.models import Models
from sim.validators.pay import Payroll


class Options(NamedTuple):
    """The menus of all lanes, and the public books by which miners choose."""

    offered: np.ndarray  #: options of a column's menu, int `[columns]`; 0 without one
    kept: np.ndarray  #: share of its pay that each leaves a miner, `[columns, options]`
    days: np.ndarray  #: days of models by their option, fading, likewise
    pay: np.ndarray  #: what was paid for them after fees, in days of all emission, likewise
    odds: np.ndarray  #: work space, `[options]`
    mean: float  #: mean pay of a miner, in days of all emission a day
    memory: float  #: days, the time constant with which the books fade


def new_options(lanes: Sequence[Lane], worlds: int, miners: int, memory: float) -> Options:
    """The menus of lanes in so many worlds each.

    What is believed of every option at first: that for one time constant its share of the miners was paid the mean.
    """
    offered = np.repeat([len(lane.policy.fees) for lane in lanes], worlds)
    most = int(offered.max())
    kept = np.ones((len(offered), most))
    for number, lane in enumerate(lanes):
        kept[number * worlds : (number + 1) * worlds, : len(lane.policy.fees)] -= lane.policy.fees
    days = np.repeat(memory * miners / np.maximum(offered, 1)[:, None], most, axis=1)
    return Options(offered, kept, days, days / miners, np.zeros(most), 1.0 / miners, memory)


@inner
def charge(options: Options, payroll: Payroll, c: int, models: Models, ruled: bool, days: float) -> float:
    """Take column c's fees of a step of `days` out of `payroll.paid`, and note what each option paid.

    `ruled` says that a reward rule has filled `payroll.paid`; without one miners are paid by weight.

    Returns:
        What is burned, in days of all emission.
    """
    paid, weights, burned, left = payroll.paid[c], payroll.weights[c], 0.0, exp(-days / options.memory)
    for option in range(options.offered[c]):
        options.days[c, option] *= left
        options.pay[c, option] *= left
    for m in range(len(paid)):
        model = models.facts[c, m]
        before = paid[m] if ruled else float(weights[m])
        paid[m] = before * options.kept[c, model.option]
        burned += before - paid[m]
        if isfinite(model.block):
            options.days[c, model.option] += days
            options.pay[c, model.option] += paid[m] * days
    return burned * days
