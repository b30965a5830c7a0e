"""The report of a study: which schedules the search found, and how they did in fresh worlds."""
