"""All stations over the last hours, in columns: what a map plays back."""
