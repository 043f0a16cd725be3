"""Verification: how each published forecast turned out."""
