"""Alerts: rules judged at every forecast, and advice sent once until the trouble is over."""
