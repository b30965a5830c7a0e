"""How the numbers of a run were computed, as its page says."""

from report_page import world_page
from world_results import MIXED


def test_the_method_says_what_the_world_was(tmp_path):
    """Paired lanes, populations with their shares, what strategies do, all numbers of the scenario, the metrics."""
    text = world_page(tmp_path, populations=MIXED).text
    assert "common random numbers" in text
    assert "look up every 6 hours" in text
    assert "50 % honest, 25 % copycat, 25 % sniper" in text
    assert "hides a model until the decayed bar is below its gain" in text
    assert "validation.step_blocks150" in text
    assert "share of emission paid to strategies that do not try to make the loss fall" in text


def test_what_was_not_kept_has_no_figure(tmp_path):
    """Instead of a figure that says that nobody was king; the answer and the table need the metrics only."""
    page = world_page(tmp_path, populations=MIXED, keep=())
    assert page.sections() == ["table", "forest", "tradeoff", "epsilon", "method"]
    assert "The run did not keep events and curves and emission, so there are no figures of them." in page.text
    assert "In mixed, 50 % of the miners do not try" in page.text
