"""Teams: people who share documents and bots."""
