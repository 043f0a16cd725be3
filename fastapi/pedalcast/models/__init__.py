"""Models: which one serves, how it came to, and the jobs that make new ones."""
