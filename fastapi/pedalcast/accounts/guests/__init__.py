"""Guests: people without an account, each with a signed identity that ends without activity."""
