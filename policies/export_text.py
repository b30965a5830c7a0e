"""The fixed parts of an exported class."""

HEAD = '''"""{title}, exported by steepest.

{name}: epsilon(age) = {formula}
{values}
Source: {source}
{stores}"""

import math


class Floats:
    """The functions that the formula uses, for plain floats."""

    asarray = float
    ceil = math.ceil
    cos = math.cos
    exp = math.exp
    floor = math.floor
    inf = math.inf
    isfinite = math.isfinite
    log = math.log
    log1p = math.log1p
    maximum = max
    minimum = min
    pow = math.pow
    sqrt = math.sqrt

    def clip(value, low, high):
        """The value between two bounds."""
        return max(low, min(value, high))

    def exp2(power):
        """A power of 2."""
        return math.pow(2.0, power)

    def where(condition, this, that):
        """A choice."""
        return this if condition else that

'''

FACTS = '''
class Facts:
    """Numbers by name."""

    def __init__(self, **numbers):
        self.__dict__.update(numbers)


UNKNOWN = {"gain": 0.0, "gap": math.inf, "loss": math.nan, "error": math.nan, "similarity": math.nan}
"""What is known about a model that never was king and that nobody has measured."""

'''

NEWS = '''
NOTHING_NEW = {"crowned": False, "gain": 0.0, "gap": math.inf, "loss": math.nan, "best": -math.inf, "error": math.nan}
"""An evaluation without a challenger, of which nothing is known."""

'''

AGE_ONLY = '''
    def compute_epsilon(self, current_block: float, model_block: float) -> float:
        """epsilon of a model committed at `model_block`; `current_block` may be inf: full decay."""
        return float(self.{method}(max(0.0, current_block - model_block), {seen}Floats))
'''

REGISTER = '''
    def compute_epsilon(self, current_block: float, model_block: float, registry: dict) -> float:
        """epsilon of a model committed at `model_block`; `current_block` may be inf: full decay.

        registry[model_block], where there is such an entry, is a dict of what is known about the model:
{facts}
        """
        age = max(0.0, current_block - model_block)
        facts = {{**UNKNOWN, **registry.get(model_block, {{}})}}
        since = current_block - facts["crowned"] if "crowned" in facts else age
        {now}
        return float(self.shield(age, Facts(**facts, since=since, now=now, memory={memory}), Floats))
'''

NOW = "now = current_block"

NOW_OR_NEWS = "now = current_block if math.isfinite(current_block) else self.block"

INNER = '''
    def inner(self, age, seen, xp):
        """The advantage by the policy inside."""
        return self.then.shield(age, {seen}, xp)
'''

INNER_MEMORY = 'Facts(**{**vars(seen), "memory": self.then.memory})'

MEMORY = '''
    def __init__(self):
        self.block = math.nan
        self.memory = {memory}
{then}
    def remember(self, block: float, **news: float) -> None:
        """Take in an evaluation at a block, one after the other, whatever is known of it:
{facts}
        """
        self.block = block
        self.memory = {learned}
{pass_on}'''

FACTS_OF_A_MODEL = {
    "since": "crowned: the block of its crown, if it was king",
    "gain": "gain: log loss by which it was better than the king before, as measured at its crown",
    "gap": "gap: days between its crown and the one before; inf for the first king",
    "loss": "loss: its loss as measured last, nats per token",
    "error": "error: standard error of a paired comparison with it, as a share of its loss",
    "similarity": "similarity: of the model that challenges it: 0 nothing in common, 1 a copy",
}
"""What `registry` may hold, by the fact that the formula reads."""

FACTS_OF_AN_EVALUATION = {
    "crowned": "crowned: whether it made another king",
    "gain": "gain: log loss by which the new king was better than the old one; 0 without a crown",
    "gap": "gap: days since the crown before; inf for the first",
    "loss": "loss: measured loss of the king",
    "best": "best: the largest measured gain over the king among the other models; -inf without any",
    "error": "error: standard error of a paired comparison, as a share of the loss",
}
"""What `remember` may be given, by the fact that the policy learns from."""
