"""`steepest bench`: how fast the engine is on this machine, beside the same contest written by hand."""
