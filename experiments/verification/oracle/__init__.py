"""Conformance: the mechanism against recorded answers of the validators' own functions."""
