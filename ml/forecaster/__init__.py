"""Learn: history, features, training, judging and keeping of forecast models."""
