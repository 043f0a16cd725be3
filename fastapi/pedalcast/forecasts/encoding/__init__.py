"""Forecasts as bytes: every station's JSON in one matrix, ready for Redis and for clients."""
