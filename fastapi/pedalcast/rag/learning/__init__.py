"""How the reranker's weights, the choice of sentences and the judgement are learned from data sets, offline."""
