"""Serve: the API, the forecast loop and the chatbot."""
