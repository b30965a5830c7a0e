"""The tables of a study."""

from study_results import document, finalist, study_page


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
