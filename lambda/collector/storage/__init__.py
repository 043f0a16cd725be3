"""Formats at rest in Redis: station values, stream entries, the snapshot store."""
