"""Candidates for a question: the prepared query, the two retrievers, the pool they fill."""
