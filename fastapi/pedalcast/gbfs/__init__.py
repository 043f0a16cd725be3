"""The city as a GBFS feed: its stations as they are now, and what is expected of them."""
