"""The idle miner."""

from sim.miners.strategy import Decision, Strategy, View


class Idle(Strategy):
    """Stays out of the contest: it registers nothing, trains nothing, and earns and spends nothing.

    It is what every other strategy has to be worth more than: a crowd that may be idle shrinks to those for whom the
    emission pays. Honest: it takes nothing without making the loss fall.
    """

    about = "stays out of the contest and trains nothing, so that it neither earns nor spends"
    source = "this project: free entry, by which the last miner to take part earns what it costs"
    honest = True
    waits = True

    def decide(self, view: View) -> Decision:
        """Stay out."""
        return Decision(submit=False, train=False, adopt=False, active=False)
