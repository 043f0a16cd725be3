"""GBFS feeds, versions 1 to 3."""
