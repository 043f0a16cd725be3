"""Bots: knowledge bases with documents and settings of their own, shared with a team or with everybody."""
