"""Features: one function for training and serving, and what it needs to know of a system beforehand."""

from forecaster.features.build import build
from forecaster.features.context import Context, context_of
from forecaster.features.feature_names import FEATURES, feature_hash

__all__ = ["FEATURES", "Context", "build", "context_of", "feature_hash"]
