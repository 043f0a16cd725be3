"""Which replica forecasts: the lease, and the transaction that it fences."""
