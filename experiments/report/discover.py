"""The page of a discovery: the rules of every policy, and its cases over two numbers with the boxes."""

import numpy as np

from experiments.discover.rules import Policy, Rule
from experiments.discover.run import Discovery
from experiments.files import write
from experiments.report.figure import COLOURS, INK, PALE, Figure, Panel, Trace, axis, layout, line, markers
from experiments.report.page import page
from experiments.report.table import Cell, Head, Row, Table, estimate_cell
from experiments.report.text import NONE, digits, label, number
from experiments.results.estimate import Estimate

HEADS = [
    Head("Lost", "%", "share of the cases inside that are lost (density)"),
    Head("Covered", "%", "share of all lost cases that are inside (coverage)"),
    Head("A in there", "% of the baseline's", "difference to the baseline inside"),
    Head("Elsewhere", "% of the baseline's", "difference to the baseline in all other cases"),
    Head("p", "Holm", "chance that as many are lost of as many cases by lot"),
]


def write_page(found: Discovery) -> None:
    """Write the page of a discovery into its folder.

    Raises:
        OSError: it cannot be written.
    """
    rows = [_row(policy, rule) for policy in found.policies for rule in policy.rules]
    figure = Figure("boxes", [_panel(found, policy) for policy in found.policies if policy.rules])
    recipe = found.plan.spec.recipe
    values = {"found": found, "recipe": recipe, "baseline": found.plan.spec.baseline}
    text = page(
        "discover.html", recipe.name, recipe.question, [Table("rules", "Policy", HEADS, rows)], [figure], values
    )
    write(found.folder / "report.html", text)


def _row(policy: Policy, rule: Rule) -> Row:
    shares = [_share(e) for e in (rule.density, rule.coverage)]
    differences = [estimate_cell(e, 100.0) for e in (rule.inside, rule.outside)]
    told = f"more often where {rule.text}"
    chance = Cell(f"{rule.p:.9g}", digits(rule.p, 2), kind="" if rule.holds else "level")
    return Row(policy.lane, "", policy.lane, None, [*shares, *differences, chance], detail=told)


def _share(e: Estimate) -> Cell:
    """A share with its interval, which is not symmetric."""
    return (
        Cell(f"{e.mean:.9g}", number(100 * e.mean), f"{number(100 * e.lo)} to {number(100 * e.hi)}")
        if e.n
        else Cell("", NONE)
    )


def _panel(found: Discovery, policy: Policy) -> Panel:
    """The cases over the two numbers that the first rule limits most surely, and its box."""
    plan, rule = found.plan, policy.rules[0]
    order = sorted(range(len(rule.quasi_p)), key=lambda i: rule.quasi_p[i])
    limited = [rule.box.limits[i][0] for i in order]
    x, y = (*dict.fromkeys([*limited, *range(len(plan.names))]), limited[0])[:2]
    names = [lane.name for lane in plan.spec.lanes]
    less = found.area[:, names.index(policy.lane)] - found.area[:, names.index(plan.spec.baseline)]
    traces: list[Trace] = []
    for name, mine, colour, symbol in (
        ("lost", less < 0, COLOURS[1], "x"),
        ("not lost", less >= 0, COLOURS[0], "circle-open"),
    ):
        points = plan.points[mine]
        hover = [
            "<br>".join(f"{label(each)} {digits(value, 3)}" for each, value in zip(plan.names, row, strict=True))
            for row in points
        ]
        traces.append(markers(name, points[:, x], points[:, y], hover, {"size": 7, "color": colour, "symbol": symbol}))
    ends = [
        (max(rule.box.low[i], float(keys.low)), min(rule.box.high[i], float(keys.high)))
        for i, keys in enumerate(plan.keys.over.values())
    ]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    (left, right), (below, above) = ends[x], ends[y]
    traces.append(
        line("rule", np.where(corners[:, 0], right, left), np.where(corners[:, 1], above, below), {"color": INK})
    )
    axes = [
        axis(
            label(plan.names[i], 60),
            type="log" if plan.keys.over[plan.names[i]].scale == "log" else "linear",
            gridcolor=PALE,
        )
        for i in (x, y)
    ]
    return Panel(label(policy.lane), traces, layout(*axes), 520, {"rule": rule.text})
