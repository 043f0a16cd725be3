"""Training: sample a history, fit a model."""
