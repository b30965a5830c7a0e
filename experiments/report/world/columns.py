"""The columns of the lanes table of worlds."""

from math import nan

from experiments.report.table import Column

WORLD = (
    Column("descent_area", "Descent area A", "100 · ln"),
    Column("descent_area", "A, difference to baseline", "100 · ln", paired=True),
    Column("rate_early", "Rate, early", "100 · ln / day"),
    Column("rate_middle", "Rate, middle", "100 · ln / day"),
    Column("rate_late", "Rate, late", "100 · ln / day"),
    Column("excess_rate", "Rate of the excess", "100 · ln / day", dull=nan),
    Column("efficiency", "Descent per GPU time η", "100 · ln / M GPU h", 1e5),
    Column("gpu_hours", "GPU time", "M GPU h", 1e-6),
    Column("waste", "Waste W", dull=nan),
    Column("eligibility_gap", "Eligibility gap G1", "100 · ln"),
    Column("withholding_gap", "Withholding gap G2", "100 · ln"),
    Column("lag", "Lag G1 + G2", "100 · ln"),
    Column("stagnation_longest", "Longest stagnation", "days", 1.0),
    Column("false_dethroning", "False dethroning"),
    Column("misallocation", "Misallo­cation TV"),
    Column("dishonest_share", "Dishonest share", dull=0.0),
    Column("copied_share", "Paid to copies", dull=0.0),
    Column("beside_king", "Paid beside king"),
    Column("ic_gap", "IC gap", "equal shares", 1.0, dull=0.0),
    Column("selfishness", "A kept", dull=1.0),
    Column("hhi", "HHI", "0 to 1", 1.0),
    Column("hhi_excess", "HHI less luck’s", "−1 to 1", 1.0),
    Column("pay_luck", "Luck of pay", "ratio", 1.0),
    Column("entrant_share", "Entrants’ share"),
    Column("crowns", "Crowns", "count", 1.0),
    Column("delay_p95", "Delay, p95", "hours", 24.0),
    Column("disagreement", "Dis­agreement"),
    Column("storage", "Models held", "models", 1.0),
)
"""Efficiency is kept per 1,000 GPU hours, so 1e5 makes it percent per million; delays are kept in days."""
