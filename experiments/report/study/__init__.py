"""The report of a study: what the search found, and what of it held up."""
