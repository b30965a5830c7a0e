"""The threshold submitter of search theory."""

from math import log

from policies.base import Parameter
from sim.miners.strategies._judgement import is_news, standard_error
from sim.miners.strategy import Decision, Strategy, View

TINY = 1e-12
"""Log loss times USD per day squared: next to nothing, and keeps 0/0 out."""


class ThresholdSubmitter(Strategy):
    """Searches on while one more draw is expected to bring more than it costs, and submits when it no longer is.

    A draw is `draw_days` of training. It adds an exponential gain of mean `q = pace * draw_days` and costs
    `cost * draw_days`. A lead is worth the days that rivals need for as much, `value / rivals` per unit of log loss,
    which makes the price of a draw `c = cost * draw_days * rivals / value` in log loss. The search ends at the lead
    `z` above the bar where `E[(X - z)+] = q e^(-z/q)` is `c`, so `z = q ln(q / c)`. Where `q < c` no draw is worth its
    price: it takes what passes the bar, and stops training until the price has fallen.

    Honest: it holds a model back only in order to make it better.
    """

    about = "submits when one more draw is expected to bring less than it costs"
    source = "Weitzman, Econometrica 1979; Taylor, AER 1995"
    honest = True

    draw_days = Parameter("training that counts as one draw", "days", 0.01, 365.0, 1.0, (0.1, 10.0), "log")

    def decide(self, view: View) -> Decision:
        """Submit at the lead `z`; train where a draw is worth its price."""
        worth = (view.pace * view.value + TINY) / (view.cost * view.rivals + TINY)  # q / c: a draw's length cancels
        lead = view.pace * self.draw_days * log(worth) if worth > 1.0 else 0.0
        stop = not view.king and view.gain > view.bar + lead
        return Decision(submit=stop and is_news(view, view.gain, standard_error(view)), train=worth > 1.0)
