"""Offline training of the reranker's weights, the sentence ranking and the answerability model."""
