"""Tests on a real cluster: `make test-cluster` installs Dask and runs them."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("distributed") else ["test_dask_days.py"]
