"""The table of finalists, and the recommendation below it."""

from noisy_study import LIMIT, LINEAR, Noisy, by_family, dethroning, spec, verdict

from experiments.search.standings import table


def test_table_fits_a_hundred_columns(tmp_path, capsys):
    """Finalists, the recommendation with its numbers, and why; no line is longer."""
    found = verdict(spec(tmp_path, *LIMIT), Noisy(by_family(linear=9.0), other=dethroning(half_life=1.0)))
    table(found)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    broken = "half-life (trial 2): false_dethroning is 1, within 0.05 with a chance of 0%"
    assert out.index("recommended: linear") < out.index("finalists of")
    assert "linear (trial 1) in each family" in out
    for text in ("linear (trial 1)", "recommended: linear", "'decay_blocks': 7200.0", "held-out", broken):
        assert text in out


def test_small_gains_are_in_units(tmp_path, capsys):
    """Gains of 0.000123 are 123 in units of 1e-06, so that the table stays narrow."""
    table(verdict(spec(tmp_path), Noisy(by_family(linear=0.000123), sd=0.0), [(LINEAR, [0.000123], {})]))
    out = capsys.readouterr().out
    assert "descent_area in units of 1e-06" in out
    assert out.count("+123") >= 4


def test_table_without_finalists(tmp_path, capsys):
    """Then it is the recommendation and its reason alone."""
    table(verdict(spec(tmp_path), Noisy(by_family()), []))
    assert "recommended: deployed" in capsys.readouterr().out
