"""Sign-ins: access tokens, refresh tokens, and the session in Redis that ends them at once."""
