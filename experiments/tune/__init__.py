"""Where the worlds of a study are computed, and what is kept of them."""
