"""The metrics by name: what each column of the metrics table means."""

from dataclasses import dataclass

from sim.clock import LATE_DAYS, LONG_DAYS


@dataclass(frozen=True)
class Metric:
    """What a column of the metrics table means.

    Attributes:
        about: the definition in a sentence.
        unit: its unit.
        better: which direction is better, "higher", "lower", or "" where that depends.
    """

    about: str
    unit: str
    better: str


RACE_METRICS: dict[str, Metric] = {
    "descent_area": Metric(
        "A: mean over the contest of ln(first loss / king's loss); early and large drops count most", "1", "higher"
    ),
    "descent_rate": Metric("ln(first loss / last king's loss) per day", "1/day", "higher"),
    "final_loss": Metric("true loss of the last king", "loss", "lower"),
    "crowns": Metric("changes of king, the first included", "count", ""),
    "reign_mean": Metric("mean reign; the last one is cut by the horizon", "days", ""),
    "reign_longest": Metric("longest reign", "days", ""),
    "stagnation_longest": Metric("longest time without a truly better king", "days", "lower"),
    "stagnation_residual": Metric(
        "mean wait for the next truly better king, seen from a random moment", "days", "lower"
    ),
    "eligibility_gap": Metric(
        "G1: mean of ln(king's loss / best published loss): the cost of epsilon and queue", "1", "lower"
    ),
    "false_dethroning": Metric("share of dethronings by a model that is truly no better", "1", "lower"),
    "luck": Metric("share of emission paid to kings that are truly no better than their predecessor", "1", "lower"),
    "hhi": Metric("concentration: sum of squared emission shares of miners; 1 is a monopoly", "1", ""),
    "miners_effective": Metric("1 / hhi: as many equal miners would be as concentrated", "miners", ""),
    "top_share": Metric("emission share of the best paid miner", "1", ""),
    "misallocation": Metric("TV: share of emission paid to others than those who made the loss fall", "1", "lower"),
    "rank_correlation": Metric("Spearman correlation over miners of emission and credited descent", "1", "higher"),
    "evaluations": Metric("model evaluations of the validator", "1/day", "lower"),
    "lost_steps": Metric("steps lost because nobody was competitive", "count", "lower"),
}
"""The metrics of races and of worlds, in the order of tables."""

METRICS: dict[str, Metric] = {
    **RACE_METRICS,
    "rate_early": Metric("descent rate in the first third of the contest", "1/day", "higher"),
    "rate_middle": Metric("descent rate in the second third", "1/day", "higher"),
    "rate_late": Metric("descent rate in the last third", "1/day", "higher"),
    "excess_rate": Metric(
        "descent rate of the loss less the entropy of text; not defined without a law, or where data switch",
        "1/day",
        "higher",
    ),
    "time_to_target": Metric("days until the target descent was reached; the horizon if it never was", "days", "lower"),
    "stagnation_share": Metric(
        f"share of time in waits of more than {LONG_DAYS:g} days for a truly better king", "1", "lower"
    ),
    "withholding_gap": Metric(
        "G2: mean of ln(best committed loss / best loss anywhere): hidden progress", "1", "lower"
    ),
    "lag": Metric("G1 + G2: how far the king is behind the best loss anywhere", "1", "lower"),
    "gpu_hours": Metric("machine time of all miners", "GPU hours", "lower"),
    "effort": Metric("mean effort of the miners in the contest; 1 is all of a miner's own GPUs", "1", ""),
    "dissipation": Metric("what miners spent over what they were paid", "1", "lower"),
    "efficiency": Metric("eta: log loss gained per 1,000 GPU hours", "1", "higher"),
    "waste": Metric(
        "W: 1 - descent over that of one lineage with all the work; not defined where data are switched", "1", "lower"
    ),
    "net_descent_per_crown": Metric(
        "ln(first loss / last king's loss) per change of king after the first: what is left of gains and losses",
        "1",
        "higher",
    ),
    "kings_per_crown": Metric("different kings over changes of king; low where few pass the crown around", "1", ""),
    "misallocation_excess": Metric(
        "TV less that of paying the owner of the best published model at once, without error", "1", "lower"
    ),
    "missed_promotion": Metric(
        "share of time in which a committed model was better than the king by more than the decayed bar", "1", "lower"
    ),
    "kendall": Metric("Kendall's tau-b over miners of emission and credited descent", "1", "higher"),
    "dishonest_share": Metric(
        "share of emission paid to strategies that do not try to make the loss fall", "1", "lower"
    ),
    "copied_share": Metric(
        "share of emission paid to miners while their judged model was a copy of somebody else's", "1", "lower"
    ),
    "beside_king": Metric(
        "share of emission paid to others than the king: cycles, the moving average, reward rules", "1", ""
    ),
    "pay_luck": Metric(
        "variance of emission among miners of one strategy and like power over that among all; 1 if neither matters",
        "1",
        "lower",
    ),
    "hhi_excess": Metric(
        "hhi less what luck alone gives n equal miners with one model each, (n + 1) / (2n); n: miners who committed",
        "1",
        "",
    ),
    "gini": Metric("Gini coefficient of emission over miners", "1", ""),
    "nakamoto": Metric("fewest miners with more than half of the emission", "miners", ""),
    "entrant_share": Metric(
        f"share of the emission of the last {LATE_DAYS:g} days that goes to miners whose first model came in them",
        "1",
        "",
    ),
    "churn": Metric("changes of king per week", "1/week", ""),
    "profit": Metric("USD per day that all miners together earned less what they spent", "USD/day", ""),
    "burned": Metric("share of emission that a reward rule burned", "1", ""),
    "held": Metric("share of emission that a reward rule still held at the end", "1", ""),
    "in_contest": Metric("share of miners who were in the contest at its end", "1", ""),
    "submissions": Metric("commitments of all miners", "1/day", ""),
    "retries": Metric("evaluations of dropped models that the decay made worth another look", "1/day", "lower"),
    "delay_median": Metric("median time from a commitment to its first score", "days", "lower"),
    "delay_p95": Metric("95th percentile of the time from a commitment to its first score", "days", "lower"),
    "disagreement": Metric(
        "chance that a second validator with data of its own would crown somebody else", "1", "lower"
    ),
    "storage": Metric(
        "models that the validator keeps or may look at again, the mean of one look a day", "models", "lower"
    ),
    "timeouts": Metric("steps lost because they would have taken too long", "count", "lower"),
    "ic_gap": Metric(
        "gain of the deviating miner over the same miner in the honest lane, in equal shares of emission", "1", "lower"
    ),
    "ic_pay": Metric("the same in emission alone, whatever it cost", "1", "lower"),
    "selfishness": Metric("descent area over that of the same policy with an all-honest population", "1", "higher"),
}
"""All metrics, in the order of tables: after those of races those that only worlds have, where miners decide."""
