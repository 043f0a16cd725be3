"""What bots hold: exported, handed on and removed with them or their owners."""
