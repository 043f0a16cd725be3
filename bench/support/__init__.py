"""What the suites share: servers, a synthetic city, clients, measuring."""
