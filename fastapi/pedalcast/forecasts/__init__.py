"""Forecasts: the cycle from a poll to a served forecast, and the judging of each when its time has come."""
