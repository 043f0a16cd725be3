"""Answers that are kept for others, how large they are, and the pictures that belong to them."""
