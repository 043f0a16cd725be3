"""The chat: one question in, one answer with checked sources out, as JSON or as it is written."""
