"""How files come in: as multipart forms, or by their address."""
