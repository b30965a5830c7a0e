"""The tables of a study."""

from study_results import document, finalist, gain, study_page


def test_table_has_each_finalist_with_its_limits(tmp_path):
    """A row for each, with gain, corrected chance, level and limit."""
    broken = {"delay_p95": {"family": "by-hand", "level": 2.0, "limit": 1.0, "chance": 0.01, "kept": False}}
    seen, source = study_page(tmp_path, document([finalist(3), finalist(4, -0.001, limits=broken)], 3))

    assert source.count("<span>linear, trial 3") == 3  # among finalists, in each family, and against each baseline
    assert "+0.200" in seen.text
    assert "0.002" in seen.text
    assert "limit 1" in seen.text
    assert "✗ with 1 %" in seen.text
    assert "recommended" in seen.text


def test_regret_is_told_where_miners_play(tmp_path):
    """In the table of families, in equal shares, with whether the mix came to rest; no column where nobody plays."""
    each = finalist(3)
    each["difference"]["families"]["by-hand"] |= {"regret": gain(0.125, 0.25), "settled": True}
    seen, _ = study_page(tmp_path, document([each], 3))
    assert "Regret, by-hand" in seen.text
    assert "0.12± 0.25yes" in seen.text
    assert "Settled, by-hand" in seen.text
    assert "Regret, noisy" not in seen.text
