"""Scores of forecasts: row by row, their means and intervals, where a model is weak."""
