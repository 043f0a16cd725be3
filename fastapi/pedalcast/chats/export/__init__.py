"""A kept chat as a file."""
