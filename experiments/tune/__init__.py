"""The search: Optuna proposes a generation of schedules, the generation is the lanes of one pass over the worlds."""
