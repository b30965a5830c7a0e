# %% [markdown]
# # How many noise seeds does a comparison need?
#
# ## Summary
#
# Lanes live in the same worlds, so their difference is taken world by world, and what both suffer cancels. This
# notebook measures how much that saves, and how many worlds a given half-width needs.
#
# ## Assumptions
#
# - One race, the default noise, the rules of March 2025. Another race or noise has other variances; the method stays.
# - The half-width is that of a 95 % interval, 1.96 sd / sqrt(n), from the sd over 48 worlds.
# - No rare, large outcomes: what none of the worlds shows is in no sd. The figures are a lower bound on worlds.

# %% [markdown]
# ## Setup

# %%
import numpy as np
import plotly.graph_objects as go

from experiments.results.measure import measure
from experiments.results.metrics import RACE_METRICS
from experiments.submissions import find, read_race
from policies import build
from sim.lanes import Lane
from sim.mechanism import eras
from sim.race.race import Setting
from sim.race.world import RaceWorld

WORLDS = 48
BASELINE = "sn9-2025-03"
CHOSEN = ("descent_area", "crowns", "false_dethroning", "misallocation")

rules = eras.era(BASELINE).rules
lanes = [Lane(name, eras.preset(name)[1], rules) for name in (BASELINE, "sn9-2024-12", "sn9-2025-01", "sn9-2024-01")]
lanes.append(Lane("half-life of a day", build({"half-life": {"half_life_blocks": 7200}}), rules))

# %% [markdown]
# ## Analysis

# %%
world = RaceWorld(read_race(find("slowrun-limited")), lanes, Setting(), seed=1, worlds=list(range(WORLDS)))
world.run()
values = {name: column.reshape(len(lanes), WORLDS) for name, column in measure(world).items() if name in CHOSEN}


def spread(a, b):
    """sd of the paired difference, and of the difference between independent worlds."""
    return (a - b).std(ddof=1), np.sqrt(a.var(ddof=1) + b.var(ddof=1))


print(f"{'metric':<18} {'lane':<20} {'difference':>11} {'sd paired':>10} {'sd unpaired':>11} {'variance ratio':>14}")
for metric in CHOSEN:
    for lane, other in zip(lanes[1:], values[metric][1:], strict=True):
        paired, unpaired = spread(other, values[metric][0])
        difference = (other - values[metric][0]).mean()
        numbers = f"{difference:11.5f} {paired:10.5f} {unpaired:11.5f} {(paired / unpaired) ** 2:14.2f}"
        print(f"{metric:<18} {lane.name:<20} {numbers}")

# %% [markdown]
# ### Half-width against worlds
#
# The difference in descent area between `sn9-2025-01` and the baseline.

# %%
paired, unpaired = spread(values["descent_area"][2], values["descent_area"][0])
n = np.unique(np.geomspace(2, 1000, 60).round().astype(int))
figure = go.Figure()
for name, sd in (("paired", paired), ("independent worlds", unpaired)):
    figure.add_scatter(x=n, y=1.96 * sd / np.sqrt(n), name=name)
figure.update_layout(xaxis_title="worlds", yaxis_title="half-width of A's difference")
figure.update_xaxes(type="log").update_yaxes(type="log")
figure

# %% [markdown]
# ### Worlds for a wanted half-width
#
# n = (1.96 sd / half-width)^2, here for a tenth of the difference itself.

# %%
for metric in CHOSEN:
    for lane, other in zip(lanes[1:], values[metric][1:], strict=True):
        difference = abs((other - values[metric][0]).mean())
        need = [int(np.ceil((1.96 * sd / (0.1 * difference)) ** 2)) for sd in spread(other, values[metric][0])]
        print(f"{metric:<18} {lane.name:<20} {need[0]:>7,} paired, {need[1]:>7,} independent")

# %% [markdown]
# ## Conclusion
#
# Pairing saves the more the more alike two lanes are: up to a hundredfold for the half-life, little or nothing for the
# fixed margin, whose kings hang on other evaluations than the baseline's. (With 48 worlds a variance ratio is known to
# about 0.14, so one slightly above 1 is no loss.) The descent area needs a handful of worlds; concentration and
# misallocation of lanes that hardly differ need thousands.

# %%
ratios = {
    metric: np.mean([(np.divide(*spread(other, values[metric][0]))) ** 2 for other in values[metric][1:]])
    for metric in CHOSEN
}
print("mean variance ratio, paired over independent:", ", ".join(f"{metric} {r:.2f}" for metric, r in ratios.items()))
print("better directions:", ", ".join(f"{metric} {RACE_METRICS[metric].better or 'depends'}" for metric in CHOSEN))
