"""Where vectors lie: Qdrant embedded in this process, or a Qdrant server."""
