"""Sign-in with Google: OpenID Connect with PKCE, state and nonce."""
