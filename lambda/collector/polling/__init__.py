"""One poll of a feed, from the request to the published snapshot."""
