"""Kept chats: sessions, messages, bookmarks, and answers that go on though nobody waits for them."""
