"""Who answers kept chats: this service with or without its language model, or another RAG server."""
