"""Forecasts as bytes, and the fenced transaction that writes them."""
