"""Riders' questions, asked through the HTTP API of a seeded city and scored by machine."""
