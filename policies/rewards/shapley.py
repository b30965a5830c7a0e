"""Ancestral Shapley: a miner whose model is built upon is paid as well."""

from policies.rewards.base import Crowning, Shares
from policies.rewards.royalty import Royalty


class Shapley(Royalty):
    """The royalty with each increment split equally over the owners of the model's lineage."""

    formula = "as the royalty, with g / (number of owners) to each owner in the lineage of the king's model"
    source = "unanimity games (Shapley 1953); Littlechild and Owen 1973 for the airport"
    fails = "lineage must be proven; chains of own hotkeys take a larger part"
    reads_line = True

    def divide(self, credit: Shares, crowning: Crowning, gain: float) -> None:
        """Equal parts for all owners in the lineage; all for the king if the lineage is unknown."""
        owners = 0.0
        for owner in crowning.line:
            if owner:
                owners += 1.0
        if owners == 0.0:
            credit[crowning.king] += gain
            return
        for miner in range(len(credit)):
            if crowning.line[miner]:
                credit[miner] += gain * (1.0 / owners)
