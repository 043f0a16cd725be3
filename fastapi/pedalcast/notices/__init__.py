"""Notices of the operator: a banner in both languages for some time, or a station closed by hand."""
