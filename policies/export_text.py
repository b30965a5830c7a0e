"""The fixed parts of an exported class."""

HEAD = '''"""{title}, exported by steepest.

{name}: epsilon(age) = {formula}
{values}
Source: {source}
{stores}"""

import math
'''

SEEN = '''class Seen:
    """What is known about a model; the defaults are those of one that was never king or measured."""

    def __init__(
        self, since, gain=0.0, gap=math.inf, loss=math.nan, error=math.nan, now=math.nan, similarity=math.nan
    ):
        self.since, self.gain, self.gap, self.loss = since, gain, gap, loss
        self.error, self.now, self.similarity = error, now, similarity
'''

NEWS = '''class News:
    """The outcome of one evaluation; the defaults are those of one without a challenger."""

    def __init__(
        self, block, crowned=False, gain=0.0, gap=math.inf, loss=math.nan, best=-math.inf, error=math.nan
    ):
        self.block, self.crowned, self.gain, self.gap = block, crowned, gain, gap
        self.loss, self.best, self.error = loss, best, error


class Memory:
    """Numbers by name."""

    def __init__(self, **numbers):
        self.__dict__.update(numbers)
'''

AGE_ONLY = '''
    def compute_epsilon(self, current_block: float, model_block: float) -> float:
        """epsilon of a model committed at `model_block`; `current_block` may be inf: full decay."""
        return float(self.{method}(max(0.0, current_block - model_block){seen}))
'''

REGISTER = '''
    def compute_epsilon(self, current_block: float, model_block: float, registry: dict) -> float:
        """epsilon of a model committed at `model_block`; `current_block` may be inf: full decay.

        registry[model_block], where there is such an entry, is a dict of what is known about the model:
{facts}
        """
        age = max(0.0, current_block - model_block)
        facts = dict(registry.get(model_block, {{}}))
        since = current_block - facts.pop("crowned") if "crowned" in facts else age
        {now}
        return float(self.shield(age, Seen(since, now=now, **facts)))
'''

NOW = "now = current_block"

NOW_OR_NEWS = "now = current_block if math.isfinite(current_block) else self.block"

MEMORY = '''def __init__(self):
    self.block = math.nan
    self.memory = Memory({memory})
{then}
def remember(self, block: float, **news: float) -> None:
    """Update the memory by the next evaluation, with what is known of it:
{facts}
    """
    self.block = block
{learns}{pass_on}'''

FACTS_OF_A_MODEL = {
    "since": "crowned: the block of its crown, if it was king",
    "gain": "gain: log loss by which it was better than the king before, as measured at its crown",
    "gap": "gap: days between its crown and the one before; inf for the first king",
    "loss": "loss: its loss as measured last, nats per token",
    "error": "error: standard error of a paired comparison with it, as a share of its loss",
    "similarity": "similarity: of the model that challenges it: 0 nothing in common, 1 a copy",
}
"""Lines about the entries of `registry`, by the field of `Seen` that the formula reads."""

FACTS_OF_AN_EVALUATION = {
    "crowned": "crowned: whether it made another king",
    "gain": "gain: log loss by which the new king was better than the old one; 0 without a crown",
    "gap": "gap: days since the crown before; inf for the first",
    "loss": "loss: measured loss of the king",
    "best": "best: the largest measured gain over the king among the other models; -inf without any",
    "error": "error: standard error of a paired comparison, as a share of the loss",
}
"""Lines about the arguments of `remember`, by the field of `News` that the policy learns from."""
