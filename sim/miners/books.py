"""The miners' books: what they spend and earn."""

from policies.arrays import Array
from sim.backend import Backend
from sim.scenario import Economy


class Books:
    """Money and machine time, arrays `[miners, columns]`.

    Attributes:
        spent: USD, for training and for places in the subnet.
        emission: of the subnet, in days of all of it.
        gpu_days: of all miners together, `[columns]`.
        registrations: places that were paid for, int `[columns]`.
    """

    def __init__(self, place: Backend, economy: Economy, miners: int, width: int) -> None:
        self.economy = economy
        self.spent = place.full((miners, width), 0.0)
        self.emission = place.full((miners, width), 0.0)
        self.gpu_days = place.full((width,), 0.0)
        self.registrations = place.full((width,), 0, "int64")

    def balance(self, rows: Array) -> Array:
        """USD earned less USD spent, `[rows, columns]`."""
        return self.emission[rows] * self.economy.usd_per_day - self.spent[rows]
