"""Retrainings and the versions they made, written to an MLflow tracking server."""
