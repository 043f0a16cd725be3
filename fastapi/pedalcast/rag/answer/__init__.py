"""The last step: an answer out of passages and station data, written by a model or quoted, with its sources."""
