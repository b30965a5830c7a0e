"""The page of a discovery: rules in words, and the cases with the box of the first one."""

import numpy as np
from report_page import Page, numbers
from small_discovery import recipe

from experiments.discover.plan import load
from experiments.discover.rules import correct, judge
from experiments.discover.run import Discovery
from experiments.report.discover import write_page


def page_of(folder, less):
    """The page where the policy's area less the baseline's, which is 1, is a function of the points."""
    plan = load(recipe(folder, "points: 40", "points: 400"))
    area = np.stack([np.ones(400), 1.0 + less(plan.points)], axis=1)
    policy = judge("fixed epsilon=0.01", plan.keys.over, plan.points, plan.halves, area[:, 1], area[:, 0])
    found = Discovery(plan, folder, area, tuple(correct([policy])))
    write_page(found)
    return Page((folder / "report.html").read_text(encoding="utf-8")), found


def test_a_rule_is_told_and_drawn(tmp_path):
    """A loss of 10 % at 5 miners or more under many copies: the sentence says so, and every case is a mark."""
    page, found = page_of(tmp_path, lambda p: np.where((p[:, 1] >= 5) & (p[:, 2] > 0.25), -0.1, 0.05))
    (policy,) = found.policies

    assert f"It loses more often where {policy.rules[0].text}: " in page.text
    assert "miners is at least 5" in page.text
    assert page.sections() == ["table", "boxes", "method"]
    lost, others, box = page.figures[0]["data"]
    assert len(lost["text"]) == (found.area[:, 1] < 1).sum()
    assert len(lost["text"]) + len(others["text"]) == 400
    limits = {(axis, side): getattr(policy.rules[0].box, side)[axis] for axis, side in policy.rules[0].box.limits}
    drawn = {"miners": numbers(box["x"]), "copies": numbers(box["y"])}
    if page.figures[0]["layout"]["xaxis"]["title"]["text"] == "copies":
        drawn = {"miners": drawn["copies"], "copies": drawn["miners"]}
    assert (drawn["miners"].min(), drawn["miners"].max()) == (limits[1, "low"], 6)
    assert (drawn["copies"].min(), drawn["copies"].max()) == (limits[2, "low"], 0.5)


def test_no_rule_is_said_too(tmp_path):
    """Where a policy never loses there is a sentence, no table of rules and no picture."""
    page, _ = page_of(tmp_path, lambda p: p[:, 1])

    assert "loses 0 % (0 to 1) of 400 cases" in page.text
    assert "No rule says where." in page.text
    assert not page.figures
