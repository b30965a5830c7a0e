"""The search for schedules: a study samples a space, races its candidates over worlds, selects and recommends."""


class StudyFailedError(Exception):
    """A study failed for a reason that is not a mistake in its recipe; the message says what to do."""
