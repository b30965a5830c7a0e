"""The runner: worlds are spread over workers, kept as they finish, and resumed; for `run` and for `tune` alike."""
