"""The evaluation noise of the simulator against the validators' own logs of November 2023."""
