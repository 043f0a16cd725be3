"""Features: one function for training and serving, and the fixed data of a system that it needs."""

from forecaster.features.build import build
from forecaster.features.feature_names import FEATURES, feature_hash
from forecaster.features.station_context import StationContext, context_of

__all__ = ["FEATURES", "StationContext", "build", "context_of", "feature_hash"]
