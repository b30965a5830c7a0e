"""The picture of the noise."""

from calibration_logs import LOGS, logged

from experiments.verification.calibration.picture import picture


@logged
def test_the_picture_has_all_of_it():
    """Four panels with labelled axes, and every name in the legend once."""
    drawn = picture(LOGS)
    axes = [getattr(drawn.layout, f"{axis}axis{number}") for axis in "xy" for number in ("", 2, 3, 4)]
    assert all(axis.title.text for axis in axes)
    names = [trace.name for trace in drawn.data if trace.showlegend is not False]
    assert len(names) == len(set(names)) == 8
