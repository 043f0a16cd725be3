"""Ranking of candidates: signals, the reranker, quotes, answerability, near duplicates."""
