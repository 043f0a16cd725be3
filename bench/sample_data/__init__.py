"""Made-up data for the suites and for tests: a city, its history, models trained on it, documents."""
