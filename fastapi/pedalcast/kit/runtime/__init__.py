"""The process itself: shutdown, garbage collection, thread priorities."""
