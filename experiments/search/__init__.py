"""The search for schedules: spec, space, samplers, the race over worlds, selection, recommendation; storage beside."""
