"""Taking documents in: the queue that the documents' rows are, and the workers at it."""
