"""Polls to Kafka, for whoever works on them downstream."""
