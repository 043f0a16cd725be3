"""Stations as they are now, and as they lately were."""
