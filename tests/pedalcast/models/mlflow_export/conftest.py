"""Tests on MLflow's own tracking server: `make test-mlflow` installs it and runs them."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("mlflow") else ["test_tracking.py"]
