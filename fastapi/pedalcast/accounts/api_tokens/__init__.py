"""Tokens for programs: shown once, stored as hashes, limited to scopes, revocable."""
