"""What miners do for their pay, and what becomes of the descent: ladders, contests and menus.

Ideas come as Poisson processes, `rate` per day of one unit of effort, with gains that are exponential with the mean
`gain`, in log loss. Each is tried alone: a bar b is passed with q = exp(-b / gain), and an idea that passes gains
b + gain on average. The king is paid `pay` per day, and a unit of effort costs `cost` per day.
"""

from collections.abc import Sequence
from math import comb, exp, expm1, floor, log, sqrt

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaincc, lambertw
from scipy.stats import binom

from experiments.verification.theory.races import efficiency
from policies import Policy
from sim.clock import BLOCKS_PER_DAY


def passes_bar(bar: float, gain: float) -> float:
    """q, the chance that an idea passes the bar."""
    return exp(-bar / gain)


def descent(ideas: float, bar: float, gain: float, lost: float = 0.0) -> float:
    """Log loss per day of so many `ideas` a day together, where each crown costs everybody `lost` days.

    L q (b + z) / (1 + L q tau), a renewal: after each crown, tau days and then one passing idea.
    """
    passing = ideas * passes_bar(bar, gain)
    return passing * (bar + gain) / (1.0 + passing * lost)


def best_bar(ideas: float, gain: float, lost: float) -> float:
    """The bar of the fastest descent, z W(L tau) with Lambert's W."""
    return gain * float(lambertw(ideas * lost).real)


def free_entry(bar: float, gain: float, rate: float, pay: float, cost: float, discount: float) -> float:
    """Effort in days per day at which one more does not pay (Grossman and Helpman 1991; Aghion and Howitt 1992).

    A crown is worth V = w / (rho + X a q), and a q V = c.
    """
    return pay / cost - discount / (rate * passes_bar(bar, gain))


def challengers(miners: int, bar: float, gain: float, rate: float, pay: float, discount: float) -> float:
    """Effort of each of the challengers where x costs x^2 / 2 (Loury 1979; Lee and Wilde 1980).

    The gain of a crown Delta has (rho + n x a q) Delta = w + x^2 / 2 and a q Delta = x, hence
    (n - 1/2) x^2 + rho x / (a q) = w.
    """
    half, square = discount / (rate * passes_bar(bar, gain)), miners - 0.5
    return (sqrt(half * half + 4.0 * square * pay) - half) / (2.0 * square)


def leaking_effort(bar: float, gain: float, rate: float, pay: float, cost: float, copies: float) -> float:
    """Effort under free entry where copies are crowned `copies` times a day, rho = 0: X a q + copies = w a q / c."""
    return pay / cost - copies / (rate * passes_bar(bar, gain))


def bunching_age(policy: Policy, gain: float, rate: float, pay: float, cost: float) -> float:
    """Days a0 at which free entry sets in under a falling bar: (w a / c) a0 exp(-b(a0) / z) = 1.

    Then everybody comes at once, so a0 is the reign that a crown is worth (breadth against length; O'Donoghue,
    Scotchmer and Thisse 1998).
    """

    def profit(days: float) -> float:
        return log(pay * rate / cost * days) - bar_at(policy, days) / gain

    return float(brentq(profit, 1e-9, 1e6, xtol=1e-12))


def bar_at(policy: Policy, days: float) -> float:
    """The bar in log loss at an age of the king."""
    return float(-np.log1p(-policy.epsilon(days * BLOCKS_PER_DAY)))


def ambition(bar: float, unit: float) -> float:
    """The mean size of ideas that is crowned most often where size y comes at exp(-y / unit): sqrt(b unit)."""
    return sqrt(bar * unit)


def ambitious_rate(size: float, unit: float, rate: float) -> float:
    """Ideas per day of that mean size."""
    return rate * exp(-size / unit)


def switch(rates: tuple[float, float], gains: tuple[float, float]) -> float:
    """The bar at which two technologies are crowned equally often, ln(a_S / a_L) / (1 / z_S - 1 / z_L)."""
    return log(rates[0] / rates[1]) / (1.0 / gains[0] - 1.0 / gains[1])


def crown_shares(crowned: Sequence[float], heads: Sequence[int]) -> np.ndarray:
    """Shares of all crowns by technology, where the king rests, float64 `[technologies]`.

    Who follows whom is a Markov chain with the balance n_i h_i n_j h_j, so the shares are as n_i h_i (sum(n h) - h_i).

    Args:
        crowned: h, crowns per day of a head of each.
        heads: n, heads of each.
    """
    h, n = (np.asarray(numbers, dtype=np.float64) for numbers in (crowned, heads))
    weights = n * h * (n @ h - h)
    return np.asarray(weights / weights.sum())


def crowd_share(crowned: Sequence[float], miners: int, temperature: float, explore: float) -> float:
    """Share of a crowd's time on the first of two courses, where a logit with exploration follows pay per head.

    At every crown each of the n - 1 racers draws the first course with the chance
    x = explore / 2 + (1 - explore) / (1 + exp(-(p_1 - p_2) / temperature)). So their number k is binomial, and the next
    crown takes 1 / (k h_1 + (n - 1 - k) h_2) days on average. Pay in units of the mean is p_i = w_i / y_i, with
    shares w of the crowns and y of all heads' days, the king's too. In a large crowd w_i is x_i h_i / sum(x h), y is x.

    Args:
        crowned: h, crowns per day of a head on each course.
        miners: n, of whom one is king and rests.
        temperature, explore: see `Choosing`.
    """
    first, second = crowned
    k = np.arange(miners)
    hazard = k * first + (miners - 1 - k) * second
    x, days = 0.5, 0.5
    for _ in range(2000):
        law = binom.pmf(k, miners - 1, x)
        days = float((law * k / hazard).sum() / (law / hazard).sum()) / (miners - 1)
        won = float((law * k * first / hazard).sum())
        heads = ((miners - 1) * days + won) / miners
        better = (won / heads - (1.0 - won) / (1.0 - heads)) / temperature
        x += 0.1 * (explore / 2.0 + (1.0 - explore) / (1.0 + exp(-better)) - x)
    return days


def entrants(pay: float, fee: float) -> int:
    """Miners of a Tullock contest in which each pays `fee` a day to take part: floor(sqrt(w / F))."""
    return floor(sqrt(pay / fee))


def spent_share(miners: int) -> float:
    """What equal miners spend in a Tullock contest (1980), as a share of the pay, (n - 1) / n."""
    return (miners - 1) / miners


def elasticity(miners: int, steps: int) -> float:
    """By how much a miner's chance to have so many steps first grows with the log of its effort, if all are equal.

    For two it is 4^-m / B(m, m) (Harris and Vickers 1987 have the race).
    """

    def integrand(t: float) -> float:
        # d/dx of x f(x t) S(t)^(N - 1) at x = 1, with the Erlang density f: f (m - t)
        density = t ** (steps - 1) * exp(-t) / _factorial(steps - 1)
        return float(density * (steps - t) * gammaincc(steps, t) ** (miners - 1))

    return float(quad(integrand, 0.0, np.inf, epsabs=1e-12, limit=500)[0])


def elasticity_of_two(steps: int) -> float:
    """4^-m / B(m, m), with B(m, m) = 1 / (m C(2m - 1, m))."""
    return 4.0**-steps * steps * comb(2 * steps - 1, steps)


def relative_descent(miners: int, steps: int) -> float:
    """Descent with so many steps per crown over that with one, if effort costs c x: each buys w elasticity / c."""
    return elasticity(miners, steps) / elasticity(miners, 1) * efficiency(miners, steps)


def discounted(days: np.ndarray, pay: float, discount: float) -> np.ndarray:
    """What reigns of so many days are worth when they begin, of the same shape."""
    return np.asarray(pay * days if discount == 0.0 else -pay / discount * np.expm1(-discount * days))


def epsilon_of(bar: float) -> float:
    """The epsilon whose bar that is."""
    return -expm1(-bar)


def _factorial(n: int) -> float:
    return float(np.prod(np.arange(1.0, n + 1.0)))
