"""Routing: what a question is about, and follow-ups rewritten to stand alone."""
