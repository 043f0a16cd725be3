"""Forecast verification: each forecast against the poll that shows what happened."""
