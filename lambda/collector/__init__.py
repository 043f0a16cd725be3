"""Collect: poll a bike-share feed and publish each snapshot to Redis."""
