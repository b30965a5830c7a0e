"""What can go wrong with a study that no change of the recipe would mend."""


class StudyFailedError(Exception):
    """The work failed; the message says what to do."""
