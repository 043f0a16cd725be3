"""Everything at rest: chunks in SQLite, vectors in Qdrant, the lexical indexes."""
