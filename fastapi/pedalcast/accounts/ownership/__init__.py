"""What belongs to a person, in every domain: exported, moved from a guest to an account, and deleted."""
