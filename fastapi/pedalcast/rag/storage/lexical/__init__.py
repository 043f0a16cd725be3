"""The lexical indexes, in memory."""
