# %% [markdown]
# # Does the mechanism match the validators'?
#
# ## Summary
#
# Everything else rests on this notebook. Recorded answers of the original functions are run through the
# mechanism, and a few pools that can be worked out by hand are judged before the reader's eyes.
#
# ## Assumptions
#
# - The vectors, made by executing the original code, lie in `../shared/oracle` beside the checkout. Where that
#   folder is missing the first part says so and is skipped; the cases by hand need nothing.
# - Discrete answers and float64 must agree exactly; float32 within a relative 1e-6 (`exp` and the order of sums
#   differ between libraries).

# %% [markdown]
# ## Setup

# %%
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

import experiments
from experiments.verification.oracle.run import verify
from policies import build
from sim.mechanism.judge import judge, softmax
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules

VECTORS = Path(experiments.__file__).resolve().parents[2] / "shared" / "oracle"
faults: list[str] = []


def weights(policy, loss, block, now, filtered=True):
    """Step weights of a pool under a policy's epsilon at block `now`, rounded to two digits."""
    block = np.array(block, dtype=float)
    pool = pool_of(loss, block, policy.epsilon(now - block), float(policy.epsilon(np.inf)))
    judge(pool, EACH_HAS_ONE, EACH_HAS_ONE, False, Rules(filtered=filtered).record())
    return pool["weight"].astype(float).round(2).tolist()


def winner(rates, temperature):
    """The step weight of the last of these win rates."""
    pool = pool_of(np.zeros(len(rates)), np.zeros(len(rates)))
    pool["rate"] = rates
    softmax(pool, temperature)
    return pool["weight"][-1]


def case(what, found, expected):
    """Print a case, and remember it where it is not as it should be."""
    print(f"{what:<64} {found}")
    if found != expected:
        faults.append(f"{what}: {found}, not {expected}")


# %% [markdown]
# ## Analysis
#
# ### Recorded answers

# %%
if VECTORS.is_dir():
    for file in verify(VECTORS)["files"]:
        print("{file:<28} {rows:>5} rows, {exact:>5} to the last bit, {failed} wrong".format(**file))
        faults += [f"{file['file']}: {file['failed']} rows are wrong"] * (file["failed"] > 0)
else:
    print("skipped: there is no folder ../shared/oracle beside the checkout")

# %% [markdown]
# ### Pools that can be worked out by hand
#
# An old king (loss 1.0, block 0), a near miss (0.997, block 100) and a better model (0.9945, block 200), judged at
# block 200. Under a fixed 0.5 % the near miss blocks: the better model beats the king, but not the near miss by the
# margin, so the filter drops it. Under a decaying epsilon the three beat each other in a circle and share the pay.

# %%
loss, block = [1.0, 0.997, 0.9945], [0, 100, 200]
fixed = build({"fixed": {"epsilon": 0.005}})
weekly = build({"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}})
case("blocker, fixed 0.5 %", weights(fixed, loss, block, 200), [1.0, 0.0, 0.0])
case("the same without the near miss", weights(fixed, [1.0, 0.9945], [0, 200], 200), [0.0, 1.0])
case("cycle of thirds, 0.5 % to 0.05 % in a week", weights(weekly, loss, block, 200), [0.33, 0.33, 0.33])

# %% [markdown]
# A clone renews the advantage: original 60,000 blocks old, clone 500, and a challenger that is 0.1 % better. Without
# the filter the original beats the clone, the clone's fresh epsilon beats the challenger, and the challenger beats the
# original: a win each. The filter drops the clone, because it does not beat the original.

# %%
loss, block = [2.0, 2.0, 1.998], [0, 59_500, 60_000]
case("clone renewal without the filter", weights(weekly, loss, block, 60_000, filtered=False), [0.33, 0.33, 0.33])
case("clone renewal with the filter", weights(weekly, loss, block, 60_000), [0.0, 0.0, 1.0])
loss[1] *= 1 - 0.00051
case("a clone that is better by just over the floor", weights(weekly, loss, block, 60_000), [0.0, 1.0, 0.0])

# %% [markdown]
# ### The winner's share
#
# Of n models in a strict order the best gets (1 - e^(-1/((n-1) T))) / (1 - e^(-n/((n-1) T))) of the step. At the
# deployed temperature 0.01 that is all of it up to a dozen models.

# %%
counts = np.arange(2, 129)
figure = go.Figure()
for temperature in (0.01, 0.04, 0.25):
    rates = [np.linspace(0.0, 1.0, n) for n in counts]
    share = np.array([winner(rate, temperature) for rate in rates])
    step = 1 / ((counts - 1) * temperature)
    closed = (1 - np.exp(-step)) / (1 - np.exp(-counts * step))
    if not np.allclose(share, closed, rtol=1e-5):
        faults.append(f"winner's share at temperature {temperature}: {np.abs(share - closed).max()} off")
    figure.add_scatter(x=counts, y=share, name=f"temperature {temperature:g}")
figure.update_layout(xaxis_title="competitive models", yaxis_title="winner's share of a step")
figure

# %% [markdown]
# ## Conclusion
#
# Every row and every case must hold; if one does not, this notebook ends in an error, and no result of the program
# should be believed until it is found.

# %%
if faults:
    raise SystemExit("\n".join(faults))
print("everything holds")
