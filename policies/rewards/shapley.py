"""R4, ancestral Shapley: who is built upon is paid as well."""

from policies.arrays import Array, namespace
from policies.parameter import Parameter
from policies.rewards.base import Crowning, total
from policies.rewards.royalty import Royalty


class Shapley(Royalty):
    """The royalty with each increment split equally over the owners of the model's lineage."""

    tau_days = Parameter(
        "time constant with which an increment fades", "days", 0.01, 1_000_000, 14.0, (2.0, 200.0), "log"
    )

    formula = "as the royalty, with g / (number of owners) to each owner in the lineage of the king's model"
    source = "theory R4; unanimity games (Shapley 1953); Littlechild and Owen 1973 for the airport"
    fails = "lineage must be proven; chains of own hotkeys take a larger part"
    reads_line = True

    def parts(self, crowning: Crowning, like: Array) -> Array:
        """Equal parts for all owners in the lineage; the king alone where it is not known."""
        xp, king = namespace(like), super().parts(crowning, like)
        if crowning.line is None:
            return king
        owners = xp.astype(crowning.line, like.dtype)
        count = total(owners)
        return xp.where(count > 0, owners / xp.where(count > 0, count, 1.0), king)
