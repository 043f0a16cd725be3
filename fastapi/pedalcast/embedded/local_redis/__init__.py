"""The Redis server of the embedded run."""
