"""A transcript of the chat against a simulated city, with its citations checked."""
