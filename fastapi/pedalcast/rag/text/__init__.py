"""Text analysis: language, sentences, terms, quantities, documents cut into chunks."""
