"""Retraining: build a version, compare it with the champion, store it."""
