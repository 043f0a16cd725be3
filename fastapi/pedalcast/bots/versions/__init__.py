"""The versions of a bot's settings: draft and published, compared, gone back to."""
