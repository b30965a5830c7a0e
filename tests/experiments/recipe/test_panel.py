"""The panel: presets, policies, entries and sweeps become lanes."""

import pytest

from experiments.recipe.panel import build_panel, rules_of
from policies import InputError, build
from sim.mechanism.eras import era
from sim.mechanism.rules import Rules

SHARED = Rules(keep=7)


def lanes(*entries):
    """The lanes of those entries under shared rules."""
    return build_panel(list(entries), SHARED)


def named(*entries):
    """Their names."""
    return [lane.name for lane in lanes(*entries)]


def fault(*entries):
    """The error of the last entry."""
    with pytest.raises(InputError) as caught:
        lanes(*entries)
    return caught.value


@pytest.mark.parametrize(
    ("preset", "policy"),
    [
        # 14B, not the better paid TTS
        ("sn9-2025-03", {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400}}),
        ("sn9-2025-03/TTS", {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}),
        ("sn9-2024-12/3B", {"linear": {"start": 0.005, "end": 0.0002, "decay_blocks": 28_800}}),
        ("sn9@2024-10-11/14B", {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 72_000}}),
        ("sn9@2024-10-10/14B", {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 50_400}}),
        ("sn9@3565189", {"fixed": {"epsilon": 0.005}}),
        ("sn29-2024-10", {"half-life": {"start": 0.004, "end": 0, "half_life_blocks": 49_920}}),
    ],
)
def test_presets(preset, policy):
    """A preset is the epsilon of an era's or a moment's competition (sn9-mechanism.md B2, C4)."""
    (lane,) = lanes(preset)
    assert (lane.name, lane.policy, lane.rules) == (preset, build(policy), SHARED)


@pytest.mark.parametrize(
    ("entry", "name", "policy"),
    [
        ("linear", "linear", "linear"),
        (
            {"linear": {"start": 0.004, "decay_blocks": 7200}},
            "linear start=0.004 decay_blocks=7200",
            {"linear": {"start": 0.004, "decay_blocks": 7200}},
        ),
        ({"linear": None}, "linear", "linear"),
        ({"half_life": {"end": 0}}, "half-life end=0", {"half-life": {"end": 0}}),
        (
            {"grace": {"grace_blocks": 100, "then": {"fixed": {"epsilon": 0.001}}}},
            "grace grace_blocks=100 then fixed epsilon=0.001",
            {"grace": {"grace_blocks": 100, "then": {"fixed": {"epsilon": 0.001}}}},
        ),
    ],
)
def test_inline_policies(entry, name, policy):
    """A lane is called after its policy and the parameters that are not the defaults."""
    (lane,) = lanes(entry)
    assert (lane.name, lane.policy, lane.rules) == (name, build(policy), SHARED)


def test_names_tell_long_numbers_apart():
    """Numbers that differ in the seventh digit give two names."""
    assert named({"grid": {"linear": {"decay_blocks": [1_000_001, 1_000_002]}}}) == [
        "linear decay_blocks=1000001",
        "linear decay_blocks=1000002",
    ]


def test_full_entries():
    """An entry names its policy or preset, and may give a name and rules of its own on top of the shared ones."""
    one, two, three, four = lanes(
        {"name": "mine", "policy": {"fixed": {"epsilon": 0.001}}},
        {"preset": "sn9-2024-10", "name": "old"},
        {"policy": "cosine", "rules": {"temperature": 0.04}},
        {"policy": "power", "rules": {"era": "sn9-2024-03", "keep": 9}},
    )
    assert (one.name, one.policy, one.rules) == ("mine", build({"fixed": {"epsilon": 0.001}}), SHARED)
    assert (two.name, two.policy, two.rules) == ("old", era("sn9-2024-10").policy(), SHARED)
    assert (three.name, three.rules) == ("cosine", Rules(keep=7, temperature=0.04))
    assert (four.rules.keep, four.rules.delay, four.rules.wins) == (9, 0, "per-sample")


def test_sealed_models_and_samples_are_part_of_a_lane():
    """A lane of a world may publish late and evaluate longer, and its name says so."""
    one, two, three = lanes(
        {"policy": "linear", "rules": {"sealed_days": 3, "sample_factor": 4.0}},
        {"preset": "sn9-2025-03", "rules": {"sealed_days": 0.25}, "reward": "bounty"},
        {"policy": "linear", "rules": {"sealed_days": 0, "keep": 6}},
    )
    assert (one.name, one.rules) == (
        "linear + sealed_days=3 + sample_factor=4", Rules(keep=7, sealed_days=3.0, sample_factor=4.0)
    )  # fmt: skip
    assert two.name == "sn9-2025-03 + sealed_days=0.25 + bounty"
    assert (three.name, three.rules) == ("linear", Rules(keep=6))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"sealed_days": -1}, "greater than or equal to 0, not -1"),
        ({"sealed_days": float("inf")}, "finite"),
        ({"sample_factor": 0}, "greater than or equal to 0.01, not 0"),
        ({"sample_factor": 2, "wins": "per-sample"}, "where wins are per-sample it must be 1"),
        ({"sealed_day": 1}, "did you mean 'sealed_days'"),
    ],
)
def test_seals_and_samples_within_reason(rules, said):
    """No negative or endless seal, no evaluation without samples; the key path leads to the number."""
    error = fault({"policy": "linear", "rules": rules})
    assert error.path == (0, "rules", next(iter(rules)))
    assert said in str(error)


def test_a_preset_may_bring_its_own_rules():
    """`rules: own` takes the mechanism of the era too, and the name says so."""
    (lane,) = lanes({"preset": "sn37-2024-12", "rules": "own"})
    assert (lane.name, lane.rules) == ("sn37-2024-12 own rules", era("sn37-2024-12").rules)
    assert (lane.rules.alpha, lane.rules.threshold, lane.rules.winner_takes_all) == (0.85, 0.18, True)


def test_grid_is_the_product():
    """Every combination, the last list running fastest; single values stay."""
    assert named({"grid": {"linear": {"start": [0.01, 0.02], "end": [0, 0.001], "decay_blocks": 100}}}) == [
        "linear start=0.01 end=0 decay_blocks=100",
        "linear start=0.01 end=0.001 decay_blocks=100",
        "linear start=0.02 end=0 decay_blocks=100",
        "linear start=0.02 end=0.001 decay_blocks=100",
    ]


def test_zip_runs_in_parallel():
    """First with first, second with second; single values are repeated."""
    assert named({"zip": {"linear": {"start": [0.01, 0.02], "end": [0, 0.001], "decay_blocks": 100}}}) == [
        "linear start=0.01 end=0 decay_blocks=100",
        "linear start=0.02 end=0.001 decay_blocks=100",
    ]


def test_zip_of_unequal_lengths_prints_both():
    """Lists of 2 and 3 are an error that gives both lengths."""
    error = fault({"zip": {"linear": {"start": [0.01, 0.02], "end": [0, 0.001, 0.002]}}})
    assert "{'start': 2, 'end': 3}" in str(error)
    assert error.path == (0, "zip", "linear")


def test_cases_are_listed_one_by_one():
    """Each case is one set of parameters."""
    assert named({"cases": {"linear": [{"start": 0.01}, {"end": 0}]}}) == ["linear start=0.01", "linear end=0"]


FAULTS = [
    ("linaer", (), "did you mean 'linear'?"),
    ("sn9-2025-04", (), "did you mean 'sn9-2025-0"),
    ("sn9-2025-03/7B", (), "known: TTS, 3B, 14B"),
    ("sn9@2023-01-01", (), "(2023-11-14)"),
    ("sn9@soon", (), "neither a block nor a date"),
    ({"linear": {"end": 0.5, "start": 0.1}}, ("linear", "end"), "end <= start must hold"),
    ({"linear": [0.5]}, ("linear",), "parameters are a mapping"),
    ({"grace": {"then": {"linear": {"strat": 1}}}}, ("grace", "then", "linear", "strat"), "did you mean 'start'?"),
    ({"polcy": "linear"}, (), "there is no policy 'polcy'"),
    ({"polcy": "linear", "name": "x"}, ("polcy",), "did you mean 'policy'?"),
    ({"linear": {}, "cosine": {}}, ("linear",), "is not a key of an entry"),
    ({"name": "x"}, (), "either `policy` or `preset`"),
    ({"policy": "linear", "preset": "sn9-2025-03"}, (), "either `policy` or `preset`"),
    ({"policy": "linear", "rules": "own"}, ("rules",), "this entry names a policy"),
    ({"policy": "linear", "rules": {"keep": 1.5}}, ("rules", "keep"), "must be a valid integer, not 1.5"),
    ({"policy": "linear", "rules": {"alpha": 1}}, ("rules", "alpha"), "must be less than or equal to 0.999999, not 1"),
    ({"policy": "linear", "rules": 3}, ("rules",), "not 3"),
    ({"policy": {"fixed": {"epsilon": 1}}}, ("policy", "fixed", "epsilon"), "between 0 and 0.99"),
    ({"preset": "sn9-2025", "rules": "own"}, ("preset",), "there is no era 'sn9-2025'"),
    ({"policy": "linear", "name": ""}, ("name",), "not ''"),
    ({"policy": "linear", "name": 5}, ("name",), "not 5"),
    ({"policy": "linear", "name": "a" * 101}, ("name",), "1 to 100 printable characters"),
    ({"policy": "linear", "name": "\x1b[31mred"}, ("name",), r"not '\x1b[31mred'"),
    ({"linear": {"self": 1}}, ("linear", "self"), "linear has no parameter 'self'"),
    ({"grace": {"self": 1}}, ("grace", "self"), "grace has no parameter 'self'"),
    ({"policy": "linear", "rules": {"keep": 10**400}}, ("rules", "keep"), "must be"),
    ({"grid": {"linear": {"start": []}}}, ("grid", "linear", "start"), "the list of values is empty"),
    ({"zip": {"linear": {}}}, ("zip", "linear"), "not {}"),
    ({"grid": {}}, ("grid",), "grid takes one policy"),
    ({"grid": {"linear": {"start": [0.01, 5]}}}, ("grid", "linear", "start"), "start is 5, but must be between"),
    ({"grid": {"linaer": {"start": [0.01]}}}, ("grid",), "did you mean 'linear'?"),
    ({"cases": {"linear": []}}, ("cases", "linear"), "a list of parameter sets"),
    ({"cases": {"linear": [{"end": 2}]}}, ("cases", "linear", "end"), "between 0 and 0.99"),
    (3, (), "not 3"),
    ([], (), "not []"),
    ({}, (), "not {}"),
    (None, (), "not None"),
]


@pytest.mark.parametrize(("entry", "path", "said"), FAULTS, ids=[str(entry)[:50] for entry, _, _ in FAULTS])
def test_every_fault_leads_to_its_key(entry, path, said):
    """An error gives the key path from the top of the panel, and the rule or the nearest spelling."""
    error = fault("cosine", entry)
    assert said in str(error)
    assert error.path == (1, *path)


@pytest.mark.parametrize(
    "entries",
    [
        ["linear", {"linear": {}}],
        ["sn9-2025-03", {"name": "sn9-2025-03", "policy": "fixed"}],
        [{"grid": {"linear": {"start": [0.01, 0.01]}}}],
    ],
)
def test_two_lanes_of_one_name_are_refused(entries):
    """Results are told apart by the lane's name alone."""
    assert "two lanes are called" in str(fault(*entries))


def test_a_sweep_that_no_memory_holds_is_refused(monkeypatch):
    """A product of a hundred million lanes ends soon after the limit."""
    monkeypatch.setattr("experiments.recipe.panel.MAX_LANES", 200)
    hundred = [i / 1000 for i in range(100)]
    huge = {"grid": {"knots": {"start": [0.5 + x for x in hundred], "u1": hundred, "u2": hundred, "u3": hundred}}}
    assert "more than 200 lanes" in str(fault(huge))


def test_rules_of_an_era_with_changes():
    """A mapping starts from the era it names, or else from the rules it is given on top of."""
    assert rules_of("sn9-2024-10") == era("sn9-2024-10").rules
    assert rules_of({"era": "sn9-2024-10", "temperature": 1}) == rules_of({"era": "sn9-2024-10", "temperature": 1.0})
    assert rules_of({"keep": 3.0}, SHARED) == Rules(keep=3)
    assert rules_of({}) == Rules()
