"""Where the polls of a run come from: a real feed, a recording, the simulated city."""
