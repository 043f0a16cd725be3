"""HTTP without a domain: the server, the fast path, cached responses, request context."""
