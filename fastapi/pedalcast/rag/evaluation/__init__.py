"""How good the answers are, measured on data sets in BEIR's layout with the product's own pipeline and defaults."""
