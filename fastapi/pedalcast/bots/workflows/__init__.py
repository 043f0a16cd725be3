"""A bot's workflow: the graph that its questions go through, in versions like all its settings."""
