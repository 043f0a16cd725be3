"""Watching the champion: live scores, drift, rollback."""
