# %% [markdown]
# # Does it pay to deviate?
#
# ## Summary
#
# Thirty miners are honest, and one of them does something else: holds models back, slices them, copies the king, tries
# many seeds. Everything else is the same: the same luck, the same pages, the same moments of looking up. What it earns
# more than it would have earned honestly is the deviation's gain, in equal shares of the emission, for every policy.
#
# ## Assumptions
#
# - The others do not answer: a gain here says that honesty can be invaded, not what the crowd would become.
# - Sixteen worlds of twenty days. The deviant is an average miner, not the founder.

# %% [markdown]
# ## Setup

# %%
import numpy as np
import plotly.graph_objects as go

from experiments.results.estimate import estimate
from experiments.results.measure import measure
from policies import build
from sim.lanes import Lane
from sim.miners.population import Population
from sim.miners.strategies import build as strategy
from sim.scenario import Scenario
from sim.world import World

WORLDS = range(16)
DEVIATIONS = ("withholder", "salami-slicer", "copycat", "seed-lottery", "quick-fine-tuner")
POLICIES = {
    "0.5 % fixed": {"fixed": {"epsilon": 0.005}},
    "0.5 % to 0.01 % in 2 days": "linear",
    "0.05 % fixed": {"fixed": {"epsilon": 0.0005}},
}

honest = ((strategy("honest"), 1.0),)
crowds = [Population("honest", honest), *(Population(name, honest, (strategy(name),)) for name in DEVIATIONS)]
lanes = [
    Lane(f"{name} | {crowd.name}", build(spec), population=crowd) for name, spec in POLICIES.items() for crowd in crowds
]

# %% [markdown]
# ## Analysis
#
# One pass: every policy with every deviation, in all worlds.

# %%
world = World(Scenario(days=20.0, miners=31), lanes, seed=1, worlds=list(WORLDS))
world.run()
gap = measure(world)["ic_gap"].reshape(len(POLICIES), len(crowds), len(WORLDS))
same = np.zeros(len(WORLDS))
gains = {
    (policy, deviation): estimate(gap[p, d + 1], same)
    for p, policy in enumerate(POLICIES)
    for d, deviation in enumerate(DEVIATIONS)
}
for (policy, deviation), found in gains.items():
    print(f"{policy:<28}{deviation:<18}{found.mean:+.2f} [{found.lo:+.2f}, {found.hi:+.2f}] n={found.n}")

# %%
figure = go.Figure()
for policy in POLICIES:
    mine = [gains[policy, deviation] for deviation in DEVIATIONS]
    figure.add_bar(
        name=policy,
        x=list(DEVIATIONS),
        y=[found.mean for found in mine],
        error_y={"array": [found.hi - found.mean for found in mine]},
    )
figure.update_layout(
    title="What deviating is worth", yaxis_title="gain over honesty, equal shares of emission", barmode="group"
)
figure

# %% [markdown]
# ## Conclusion
#
# A gain whose interval lies above zero is an invitation. Here trying many seeds pays, most of all where the bar decays:
# several runs of the last stretch are cheap beside a crown. Publishing every small step pays under the decay too.
# Holding back, slicing and copying pay nothing that could be told from zero. The intervals are over sixteen worlds, and
# one lucky crown is worth many shares: more worlds (`steepest run` with `deviations:`) make them narrower.
