"""Pictures of loss curves."""

import numpy as np
import pytest

from experiments.curves.show import MOST_POINTS, PALETTE, figure, schedule, thinned, write_image, write_page
from policies import InputError
from sim.traces.curve import Curve


def curve(run="a", n=50, **facts):
    """A falling curve of `n` points."""
    step = np.arange(1.0, n + 1)
    values = {"tokens": step * 1000, "seconds": np.full(n, np.nan), "loss": 3 + 1 / step, "kind": "validation"}
    return Curve(run=run, step=step, **{**values, **facts})


def test_one_line_per_curve_and_one_colour_per_group():
    """Curves of one group share a colour and one entry of the legend."""
    picture = figure([curve("a", parameters=1e6), curve("b", parameters=1e6), curve("c", parameters=2e6)], by="size")

    assert [t.line.color for t in picture.data] == [PALETTE[0], PALETTE[0], PALETTE[1]]
    assert [t.showlegend for t in picture.data] == [True, False, True]


def test_axes_are_logarithmic_unless_asked():
    """Both axes are logarithmic; `log=False` makes them linear."""
    assert figure([curve()]).layout.xaxis.type == figure([curve()]).layout.yaxis.type == "log"
    assert figure([curve()], log=False).layout.xaxis.type is None


def test_a_long_curve_keeps_its_ends():
    """A curve of a million points is drawn by its share of points, the first and the last among them."""
    x = np.arange(1.0, 1e6 + 1)
    at = thinned(x, log=True)

    assert len(at) <= MOST_POINTS
    assert (at[0], at[-1]) == (0, len(x) - 1)


def test_no_zero_on_a_log_axis():
    """Step 0 has no place on a logarithmic axis and is left out there."""
    assert thinned(np.array([0.0, 1.0, np.nan, 2.0]), log=True).tolist() == [1, 3]
    assert thinned(np.array([0.0, 1.0, np.nan, 2.0]), log=False).tolist() == [0, 1, 3]


def test_an_axis_that_no_curve_knows_is_an_error():
    """Curves without times cannot be shown over time; the message says what to do."""
    with pytest.raises(InputError, match="none of 1 curves knows its training time"):
        figure([curve()], x="seconds")


def test_units_do_not_mix():
    """Bits per byte and nats per token do not belong into one picture."""
    with pytest.raises(InputError, match="bpb and nats"):
        figure([curve(), curve(unit="bpb")])


def test_the_page_stands_alone_and_escapes_names(tmp_path):
    """The page needs no other file, and a hostile run name stays text."""
    write_page(tmp_path / "c.html", figure([curve("</script><img src=x onerror=alert(1)>")]))
    text = (tmp_path / "c.html").read_text(encoding="utf-8")

    assert "<img src=x" not in text
    assert 'src="http' not in text


def test_png(tmp_path):
    """PNG is drawn where a browser is there; elsewhere the message says what it needs."""
    pytest.importorskip("kaleido", reason="kaleido (extra images) is not installed")
    try:
        write_image(tmp_path / "c.png", figure([curve()]))
    except InputError as error:
        pytest.skip(f"no browser for PNG on this machine: {error}")

    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("20k-wsd-linear-adamw-raw-s0/raw", "wsd-linear"),
        ("refinedweb-1.24e+08-2e+09-cosine-0", "cosine"),
        ("constant_24000", "constant"),
        ("constantly", "schedule unknown"),
    ],
)
def test_the_schedule_comes_from_the_name(run, expected):
    """A run is grouped by the longest schedule whose words its name holds, whole words only."""
    assert schedule(curve(run)) == expected
