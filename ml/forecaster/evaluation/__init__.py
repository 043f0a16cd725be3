"""Evaluation: folds, baselines, backtests, ablations, head-to-head comparisons."""
