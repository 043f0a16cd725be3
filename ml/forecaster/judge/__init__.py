"""Judging forecasts: scores, rivals, folds, comparisons, reports."""
