# %% [markdown]
# # Who would have been king of one real race under three policies?
#
# ## Summary
#
# The limited track of slowrun (20 records in 59 days, spring 2026) is replayed under the rules of March 2025 with
# three epsilons: SN9's fixed 0.5 % of 2024, its decay of March 2025, and a half-life of a day. The text tells who
# submitted and who was crowned; the figure shows the king's loss beside the best published one.
#
# ## Assumptions
#
# - A replay's submissions are as they were: nobody reacts to the policy. So the gap to the best published loss is
#   the cost of a margin, and its benefit (copies and luck that do not pay) is not in this picture.
# - Without noise for the text, so that it can be checked by hand; with the default noise for the figure.

# %% [markdown]
# ## Setup

# %%
import numpy as np
import plotly.graph_objects as go

from experiments.submissions import find, read_race
from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.mechanism import eras
from sim.noise import NoiseLevel
from sim.timeline import timeline
from sim.world import Setting, World

race = read_race(find("slowrun-limited"))
rules = eras.era("sn9-2025-03").rules
lanes = [Lane(name, policy, rules) for name, policy in (
    ("fixed 0.5 %", build({"fixed": {"epsilon": 0.005}})),
    ("0.5 % to 0.01 % in 2 days", eras.preset("sn9-2025-03")[1]),
    ("half-life of a day", build({"half-life": {"half_life_blocks": 7200}})),
)]

# %% [markdown]
# ## Analysis
#
# ### The story without noise
#
# Submissions and crowns only; the full timeline also tells every evaluation whose outcome changed.

# %%
for lane in lanes:
    story = timeline(race, lane, Setting(noise=NoiseLevel(0.0, 0.0))).splitlines()
    print("\n".join([story[0], *(line for line in story[1:] if " evaluates " not in line)][:24]), "\n")

# %% [markdown]
# ### The king's loss with noise
#
# One world: all lanes saw the same measurements.

# %%
world = World(race, lanes, Setting(), seed=1, worlds=[0])
crowns = world.run().crowns()
figure = go.Figure()
figure.add_scatter(x=race.block / BLOCKS_PER_DAY, y=race.best(), name="best published", mode="markers+lines",
                   line={"shape": "hv", "color": "grey", "dash": "dot"})
for column, lane in enumerate(lanes):
    mine = crowns.column == column
    day = np.append(crowns.block[mine] / BLOCKS_PER_DAY, world.days)
    loss = race.loss[np.append(crowns.model[mine], crowns.model[mine][-1])]
    figure.add_scatter(x=day, y=loss, name=lane.name, line={"shape": "hv"})
figure.update_layout(xaxis_title="day", yaxis_title="loss, nats per token", legend={"x": 0.6, "y": 1})
figure

# %% [markdown]
# ## Conclusion
#
# The fixed margin stays behind the published losses for weeks where records come in small steps; both decays follow
# within a day or two. Whether that is worth it depends on what noise and copies do with a low floor: notebook 04.

# %%
for column, lane in enumerate(lanes):
    area, behind = world.record.area[column] / world.days, world.record.eligibility[column] / world.days
    print(f"{lane.name:<27} descent area {area:.5f}, behind the best published by {behind:.3%} on average, "
          f"{int((crowns.column == column).sum())} crowns")
