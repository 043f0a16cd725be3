"""Fault reports: what riders say is broken, as a queue for the operator."""
