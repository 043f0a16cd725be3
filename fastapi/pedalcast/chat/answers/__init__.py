"""Answers that are kept for others, how large they are, who gives them, and the pictures that belong to them."""
