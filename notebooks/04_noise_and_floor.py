# %% [markdown]
# # How does the floor of epsilon relate to evaluation noise?
#
# ## Summary
#
# A copy of the king has no gain at all. It wins an evaluation when noise alone carries it over the margin: with
# probability Phi(-epsilon / s), where s is the sd of the paired loss difference as a fraction of the loss. A race of
# two models shows that the mechanism behaves so, and that the floor counts, not the start.
#
# ## Assumptions
#
# - Normal noise, drawn anew in every step of 30 minutes and shared by all validators.
# - The copy is committed 300 blocks after the king and stays in the pool.

# %% [markdown]
# ## Setup

# %%
import numpy as np
import plotly.graph_objects as go
from scipy.special import ndtr

from policies import build
from sim.lanes import Lane
from sim.mechanism.eras import era
from sim.race.race import NoiseLevel, Race, Setting
from sim.race.world import RaceWorld

S = 0.0005
DECAY = 14_400
RATIOS = np.array([0.0, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0])
WORLDS = range(8)

race = Race("copy", "nats", np.array([0, 300]), ("king", "copy"), np.array([3.0, 3.0]), np.full(2, np.nan), ((), (0,)))
setting = Setting(noise=NoiseLevel(paired=S), tail_days=14.0)
rules = era("sn9-2025-03").rules
families = {
    "fixed": [build({"fixed": {"epsilon": r * S}}) for r in RATIOS],
    "0.5 % to the floor in 2 days": [build({"linear": {"end": r * S, "decay_blocks": DECAY}}) for r in RATIOS],
}

# %% [markdown]
# ## Analysis
#
# After the two days of decay, every evaluation in which the copy gets the step's weight is counted.

# %%
lanes = [Lane(f"{name} {r}", p, rules) for name, ps in families.items() for r, p in zip(RATIOS, ps, strict=True)]
world = RaceWorld(race, lanes, setting, seed=1, worlds=list(WORLDS))
won, steps = np.zeros(world.columns.width), 0


def count(now):
    """Count the columns in which the copy won this step."""
    global won, steps  # noqa: PLW0603 - a notebook's cell
    if now > DECAY + 600:
        pools = [world.validators[0].pool(column) for column in range(world.columns.width)]
        won += [(pool["weight"][pool["uid"] == 1] > 0.5).any() for pool in pools]
        steps += 1


world.run(count)
per_lane = won.reshape(len(lanes), len(WORLDS)).mean(axis=1) / steps
share = dict(zip(families, per_lane.reshape(len(families), len(RATIOS)), strict=True))

print(f"{'floor / s':>9} {'Phi(-x)':>8} " + " ".join(f"{name:>30}" for name in families))
for i, ratio in enumerate(RATIOS):
    print(f"{ratio:9.1f} {ndtr(-ratio):8.4f} " + " ".join(f"{share[name][i]:30.4f}" for name in families))

# %% [markdown]
# A copy that wins an evaluation is not yet king: the moving average must tip too. Times per day that it does, fixed
# epsilon:

# %%
crowns = world.record.crowns()
falls = np.bincount(crowns.column[crowns.miner == 1], minlength=world.columns.width)
per_day = falls.reshape(len(lanes), len(WORLDS)).mean(axis=1) / world.scenario.days
for ratio, rate in zip(RATIOS, per_day[: len(RATIOS)], strict=True):
    print(f"floor {ratio:.1f} s: {rate:7.3f} false dethronings per day")

# %%
fine = np.linspace(0.0, 3.0, 121)
figure = go.Figure()
figure.add_scatter(x=fine, y=ndtr(-fine), name="Phi(-floor / s)")
for name, symbol in zip(families, ("circle", "cross"), strict=True):
    figure.add_scatter(x=RATIOS, y=share[name], name=name, mode="markers", marker={"symbol": symbol, "size": 9})
figure.update_layout(xaxis_title="floor of epsilon / noise s", yaxis_title="share of evaluations won by a copy")
figure

# %% [markdown]
# ### The deployed floors
#
# The chance of one evaluation and of at least one in a day, 48 evaluations.

# %%
print(f"at s = {S:.2%} of the loss")
for floor in (0.005, 0.001, 0.0005, 0.0002, 0.0001):
    p = ndtr(-floor / S)
    print(f"floor {floor:.2%}: {p:9.2e} per evaluation, {1 - (1 - p) ** 48:9.2e} per day")

# %% [markdown]
# ## Conclusion
#
# What a pooled copy earns depends on floor / s alone. A floor below s pays luck: a fifth of s gives a copy 42 % of
# the evaluations; two s give it 2 %, three s 0.1 %. Halving the noise is worth as much as doubling the floor.

# %%
error = np.sqrt(ndtr(-RATIOS) * ndtr(RATIOS) / (steps * len(WORLDS)))
worst = max(np.abs((share[name] - ndtr(-RATIOS)) / error).max() for name in families)
if worst > 4:
    raise SystemExit(f"the mechanism is {worst:.1f} standard errors away from Phi(-floor / s)")
print(f"largest distance from Phi(-floor / s): {worst:.1f} standard errors, {steps * len(WORLDS):,} evaluations each")
