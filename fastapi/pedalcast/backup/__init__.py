"""Backup and restore: database, registry, documents and settings without secrets, in one archive."""
