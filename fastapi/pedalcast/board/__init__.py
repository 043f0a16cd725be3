"""The board: posts, comments, and complaints about them."""
