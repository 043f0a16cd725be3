"""Lenient reading of what feeds send."""
