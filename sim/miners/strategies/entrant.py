"""The entrant that quits."""

from policies.base import Parameter
from sim.miners.strategies._judgement import should_challenge
from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision, View


class Entrant(Honest):
    """Enters when mining is expected to pay, leaves when it has lost its stake, and is honest in between.

    Among rivals that progress at rate r, a miner of rate p holds the crown for the share p / (p + r) of the time, so
    it expects `value p / (p + r) - cost - fee / payback_days` USD per day, and enters when that is more than `reserve`.
    It leaves when it has lost the fee and what `drawdown_days` of its training cost; while its books say so, it does
    not come back.

    Honest: between entry and exit it does what the honest one does.
    """

    about = "enters when the expected profit is above a reserve, leaves after a loss; honest in between"
    source = "this project: two miners that take the crown from each other hold it in proportion to their rates"
    waits = True

    reserve = Parameter("profit at which to enter", "USD per day", 0.0, 1e6, 50.0, (0.0, 1000.0))
    payback_days = Parameter("time in which the fee must come back", "days", 0.1, 3650.0, 30.0, (5.0, 90.0), "log")
    drawdown_days = Parameter("loss at which to leave, in days of cost", "days", 0.1, 3650.0, 21.0, (3.0, 90.0), "log")

    def decide(self, view: View) -> Decision:
        """Be there where it is expected to pay, or still may."""
        asked = view.cost + (self.reserve + view.fee / self.payback_days)
        pays = view.value * view.pace > asked * (view.pace + view.rivals)
        solvent = view.balance >= -(self.drawdown_days * view.cost + view.fee)
        active = (view.active or pays) and solvent
        return Decision(submit=should_challenge(view, view.bar, self.quantile) and active, active=active)
