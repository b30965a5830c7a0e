"""Where a crowd settles: populations that play to their own mix, round by round, before they are measured.

- `replicator` is the dynamics: pure functions of mixes and of what each strategy was paid.
- `rounds` measures what each strategy is paid in the fresh worlds of a round, and keeps every round.
- `settle` goes through the rounds of all lanes that play, and gives the lanes in the mixes where they settled.
- `regret` adds, for each of these lanes, a lane for every single deviation, and keeps what the deviant gains.
- `run` does all of this before an ordinary run.
"""
