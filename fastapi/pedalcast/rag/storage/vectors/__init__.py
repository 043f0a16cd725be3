"""Where vectors lie: Qdrant, embedded or a server, or PostgreSQL."""
