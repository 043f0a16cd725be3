"""Stations people marked, and rules by which they want to be told of them."""
