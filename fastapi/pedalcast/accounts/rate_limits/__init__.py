"""How often a user, or an address, may ask."""
