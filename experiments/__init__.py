"""The harness: recipes, running, metrics, comparison, reports, the command line."""
