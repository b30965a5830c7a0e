"""The panel: competing policies side by side, one per lane."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from policies.arrays import Array, namespace
from policies.base import Policy
from policies.seen import Memory, News, Seen


class Panel:
    """Policies of any families as lanes; each family is evaluated in one stacked call.

    Args:
        policies: one per lane.
        repeat: columns that each lane takes, side by side (the worlds of a pass).
    """

    def __init__(self, policies: Sequence[Policy], repeat: int = 1) -> None:
        self.width = len(policies) * repeat
        families: dict[tuple[type, ...], list[int]] = {}
        for lane, policy in enumerate(policies):
            families.setdefault(policy.family(), []).append(lane)
        self._groups: list[tuple[slice | Array, Policy]] = []
        for lanes in families.values():
            columns = (np.array(lanes)[:, None] * repeat + np.arange(repeat)).ravel()
            first, last = int(columns[0]), int(columns[-1])
            where = slice(first, last + 1) if last - first + 1 == len(columns) else columns
            self._groups.append((where, policies[lanes[0]].stack([policies[i] for i in lanes], repeat)))
        lanes_of = np.arange(self.width)
        paired = [lanes_of[columns] for columns, policy in self._groups if policy.pairs]
        self._pairs = np.concatenate([lanes_of[:0], *paired])
        self._begin(np.zeros(self.width))

    def epsilon(self, age: Array, seen: Seen | None = None) -> Array:
        """The advantage in every lane: `age` in blocks `[..., lanes]` -> `[..., lanes]`."""
        xp = namespace(age)
        out = xp.empty_like(age, dtype=xp.float64)  # ages may be whole blocks, advantages never are
        for (columns, policy), memory in zip(self._groups, self._memories, strict=True):
            facts = seen.of(columns, memory) if policy.reads and seen is not None else None
            out[..., columns] = policy.epsilon(age[..., columns], facts)
        return out

    def between(self, plain: Array, age: Array, seen: Seen, similarity: Array) -> Array:
        """The advantage of models against each other, where policies look at pairs.

        Args:
            plain: the advantage of each whoever challenges, `[models, lanes]`.
            age: in blocks, in the same shape.
            seen: what is known of the models.
            similarity: how alike models and challengers are in the lanes of `pairs`, `[models, challengers, some]`.

        Returns:
            `[models, challengers, lanes]`: that of the first against the second.
        """
        xp, first = namespace(age), 0
        out = xp.asarray(xp.broadcast_to(plain[:, None, :], (age.shape[0], *age.shape)), copy=True)
        for (columns, policy), memory in zip(self._groups, self._memories, strict=True):
            if policy.pairs:
                own = age[:, None, columns]
                facts = seen.of(columns, memory).versus(similarity[..., first : first + own.shape[-1]])
                out[..., columns] = policy.epsilon(own, facts)
                first += own.shape[-1]
        return out

    @property
    def pairs(self) -> np.ndarray:
        """The lanes whose policies look at pairs, family by family, int `[some]`."""
        return self._pairs

    @property
    def reads(self) -> bool:
        """Whether any policy reads history."""
        return any(policy.reads for _, policy in self._groups)

    def remember(self, news: News) -> None:
        """Let the policies that remember take in an evaluation."""
        for number, (columns, policy) in enumerate(self._groups):
            if self._memories[number]:
                xp = namespace(news.gain)
                mine = News(**{f.name: getattr(news, f.name)[..., columns] for f in fields(News)})
                self._memories[number] = policy.remember(self._memories[number], mine, xp)

    def move(self, like: Array) -> None:
        """Keep the parameters in the array library and on the device of `like`, for ages that come from there."""
        if namespace(like) is not np:
            self._groups = [
                (where if isinstance(where, slice) else namespace(like).asarray(where), policy.on(like))
                for where, policy in self._groups
            ]
            self._begin(like)

    def _begin(self, like: Array) -> None:
        self._memories: list[Memory] = [policy.begin(like[..., columns]) for columns, policy in self._groups]

    def floor(self) -> np.ndarray:
        """The advantage after full decay, `[lanes]`: what the competitive filter asks for."""
        return np.asarray(self.epsilon(np.full(self.width, np.inf)))
