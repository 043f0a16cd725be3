"""The suites of the bench: each has a `run(report)`."""
