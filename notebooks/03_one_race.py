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
#   the cost of a margin, and its benefit (copies that do not pay, a crown worth its compute) is not in this picture.
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
from sim.race.race import NoiseLevel, Setting
from sim.race.world import RaceWorld, timeline

race = read_race(find("slowrun-limited"))
rules = eras.era("sn9-2025-03").rules
lanes = [
    Lane(name, policy, rules)
    for name, policy in (
        ("fixed 0.5 %", build({"fixed": {"epsilon": 0.005}})),
        ("0.01 % in 2 days", eras.preset("sn9-2025-03")[1]),
        ("half-life of a day", build({"half-life": {"half_life_blocks": 7200}})),
    )
]

# %% [markdown]
# ## Analysis
#
# ### The story without noise
#
# Five days of it under the fixed margin and under the decay. A line per submission, and per evaluation whose outcome
# changed: `*` marks the king, `-` a model that the competitive filter dropped.

# %%
quiet = Setting(noise=NoiseLevel(0.0, 0.0))
for lane in lanes[:2]:
    head, *story = timeline(race, lane, quiet).splitlines()
    print(head)
    print("\n".join(line for line in story if 12 <= float(line.split()[2]) < 17), "\n")

# %% [markdown]
# When was each submission crowned, if ever? Each has a hotkey of its own, so it is the miner of that number.

# %%
world = RaceWorld(race, lanes, quiet, seed=1, worlds=[0])
crowns = world.run().crowns()
print(f"{'':>4} {'miner':<6} {'day':>6} {'loss':>7}  " + "  ".join(f"{lane.name:>18}" for lane in lanes))
for model in range(len(race)):
    days = []
    for column in range(len(lanes)):
        when = crowns.block[(crowns.column == column) & (crowns.miner == model)] / BLOCKS_PER_DAY
        days.append(f"{when[0]:.2f}" if len(when) else "never")
    print(
        f"#{model:<3} {race.miner[model]:<6} {race.block[model] / BLOCKS_PER_DAY:6.2f} {race.loss[model]:7.3f}  "
        + "  ".join(f"{day:>18}" for day in days)
    )

# %% [markdown]
# ### The king's loss with noise
#
# One world: all lanes saw the same measurements.

# %%
world = RaceWorld(race, lanes, Setting(), seed=1, worlds=[0])
crowns = world.run().crowns()
figure = go.Figure()
figure.add_scatter(
    x=race.block / BLOCKS_PER_DAY,
    y=race.best(),
    name="best published",
    mode="markers+lines",
    line={"shape": "hv", "color": "grey", "dash": "dot"},
)
for column, lane in enumerate(lanes):
    mine = crowns.column == column
    day = np.append(crowns.block[mine] / BLOCKS_PER_DAY, world.scenario.days)
    loss = race.loss[np.append(crowns.miner[mine], crowns.miner[mine][-1])]
    figure.add_scatter(x=day, y=loss, name=lane.name, line={"shape": "hv"})
figure.update_layout(xaxis_title="day", yaxis_title="loss, nats per token", legend={"x": 0.6, "y": 1})
figure

# %% [markdown]
# ## Conclusion
#
# The fixed margin stays behind the published losses for weeks where records come in small steps; both decays follow
# within three days. Whether that is worth it depends on what noise and copies do with a low floor: notebook 04.

# %%
for column, lane in enumerate(lanes):
    area, behind = (getattr(world.record, name)[column] / world.scenario.days for name in ("area", "eligibility"))
    print(
        f"{lane.name:<20} descent area {area:.5f}, {behind:.3%} behind the best published on average, "
        f"{int((crowns.column == column).sum())} crowns"
    )
