"""Models: which one serves and why, and the jobs that train new ones."""
