"""Seoul's open data feed."""
