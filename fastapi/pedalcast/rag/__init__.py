"""Questions answered from documents: retrieval, reranking, verbatim quotes, and knowing when there is no answer."""
