"""The search for schedules: spec, space, samplers, the race over worlds, selection, recommendation; storage beside."""


class StudyFailedError(Exception):
    """A study failed for a reason that no change of its recipe would mend; the message says what to do."""
