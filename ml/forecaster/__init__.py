"""Learn: history, features, training, evaluation and registry of forecast models."""
