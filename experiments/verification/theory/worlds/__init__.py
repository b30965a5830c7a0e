"""Simulated worlds for the closed forms: one module per kind of contest; its passes run in any process."""
