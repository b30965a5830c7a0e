"""Recipes: from a YAML file, the command line or Python to the frozen spec that everything else runs."""
