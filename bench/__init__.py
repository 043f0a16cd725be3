"""Measurements of what the service promises: `make bench` prints a table and writes `bench/results.json`."""
