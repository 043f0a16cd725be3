"""The model registry: versions as bundles, aliases, model cards, provenance."""
