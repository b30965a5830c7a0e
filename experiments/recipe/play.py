"""`play`: a population whose miners turn to the strategies that pay, from each of several starts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from experiments.recipe.faults import descend, shorten, validate
from policies import InputError, nearest
from sim.miners.population import Population
from sim.miners.strategies import build
from sim.miners.strategy import Strategy
from sim.settings import About, Settings

EVEN = "even"
"""The start at which all strategies have as many miners."""
MOST_WORLDS = 1000
MOST_STRATEGIES = 20


@dataclass(frozen=True, kw_only=True)
class PlayKeys(Settings):
    """A game."""

    among: Annotated[list[Any], About("the strategies that miners choose among: at least 2, each once")]
    rounds: Annotated[int, About("how often the miners turn to what has paid", 1, 1000)] = 24
    worlds: Annotated[int, About("fresh worlds in which a round measures what each strategy pays", 1, MOST_WORLDS)] = 6
    starts: Annotated[
        list[str],
        About("mixes to begin from: `even`, or a strategy that nearly all follow; each start is a lane of its own"),
    ] = field(default_factory=lambda: [EVEN])


@dataclass(frozen=True)
class Players(Population):
    """A population that plays to its own mix before it is measured; `mix` is even, and says who plays."""

    game: str = ""  #: the recipe's name of it, whatever the start
    start: str = EVEN  #: `even`, or the strategy that nearly all follow at first
    rounds: int = PlayKeys.rounds
    worlds: int = PlayKeys.worlds  #: in each round

    @property
    def names(self) -> tuple[str, ...]:
        """Short names of the strategies."""
        return tuple(map(strategy_text, self.strategies))

    def of_ranks(self, miners: int) -> Any:
        """As of any population; every strategy must have a miner.

        Raises:
            InputError: there are fewer miners than strategies.
        """
        if miners < len(self.mix):
            raise InputError(
                f"has {len(self.mix)} strategies, each of which keeps at least one miner, but there are {miners} "
                "miners",
                ("play", "among"),
            )
        return super().of_ranks(miners)


def build_players(name: str, given: object) -> Iterator[Players]:
    """The populations of a game, one for each start.

    Args:
        name: of the population.
        given: what stands below `play`.

    Raises:
        InputError: with the key path from `play` on.
    """
    keys = validate(PlayKeys, given)
    with descend("among"):
        among = tuple(_strategies(keys.among))
    names = {strategy_text(strategy): strategy for strategy in among}
    share = 1.0 / len(among)
    with descend("starts"):
        if not keys.starts:
            raise InputError("is empty; name at least one, such as even")
        for i, start in enumerate(keys.starts):
            if start != EVEN and start not in names:
                raise InputError(
                    f"there is no start {shorten(start)}; {nearest(start, (EVEN, *names))} "
                    "(even, or a strategy of `among`)",
                    (i,),
                )
            if start in keys.starts[:i]:
                raise InputError(f"{start} is there twice; give each start once", (i,))
            yield Players(
                f"{name} from {start}",
                tuple((strategy, share) for strategy in among),
                (),
                name,
                start,
                keys.rounds,
                keys.worlds,
            )


def strategy_text(strategy: Strategy) -> str:
    """A short name for a strategy: its own, and the parameters that are not the defaults."""
    ((name, values),) = strategy.spec().items()
    defaults = type(strategy)().spec()[name]
    return " ".join([name, *(f"{key}={value:.12g}" for key, value in values.items() if value != defaults[key])])


def _strategies(given: list[Any]) -> Iterator[Strategy]:
    if not 2 <= len(given) <= MOST_STRATEGIES:
        raise InputError(f"is {shorten(given)}, but a game is among 2 to {MOST_STRATEGIES} strategies")
    seen: set[Strategy] = set()
    for i, spec in enumerate(given):
        with descend(i):
            strategy = build(spec)
            if strategy in seen:
                raise InputError(f"{strategy_text(strategy)} is there twice; give each strategy once")
            seen.add(strategy)
            yield strategy
