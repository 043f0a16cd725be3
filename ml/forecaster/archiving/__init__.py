"""Archiving: polls of the stream become rows of the history."""
