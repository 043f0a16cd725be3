"""Faults injected into a running service, in a random order, while its promises are watched."""
