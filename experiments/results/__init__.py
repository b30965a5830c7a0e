"""Results of a pass: metrics and tables of its worlds, and lanes compared by them."""
