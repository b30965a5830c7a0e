"""Conformance: recorded answers of the original functions, held against the mechanism."""
