"""Forecasts that were published, kept in the object store for as long as the setting says."""
