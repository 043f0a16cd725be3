"""One run of the forecast cycle: the active model, the champion, the loop, the lease."""
