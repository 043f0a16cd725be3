"""Whether a question is nearly word for word one of a document's paraphrases.

Such a document answers it, whatever the scores of its text say: its text may share no word with the question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from pedalcast.rag.storage.chunk_store import ChunkStore
from pedalcast.rag.text.tokens import terms
from pedalcast.rag.types import Passage

SIMILAR_LETTERS = 82.0  # of 100, by letters (Hangul by its parts): an ending or a particle may differ
SHARED_WORDS = 0.75  # the share of content words in common, where the order or the endings differ
_DOCUMENTS = 4  # so many of the best are looked at


def matching_paraphrase(question: str, passages: Sequence[Passage], store: ChunkStore, lang: str) -> str | None:
    """The id of the best document that has this question among its paraphrases, or as its title; else None."""
    best, nearest = None, 0.0
    for document, title in list(dict.fromkeys((p.document_id, p.title) for p in passages))[:_DOCUMENTS]:
        chunks = store.document_chunks(passages[0].bot_id, document)
        paraphrases = [title, *(chunk.text for chunk in chunks if chunk.is_paraphrase)]
        score = max(_likeness(question, paraphrase, lang) for paraphrase in paraphrases)
        if score > nearest:
            best, nearest = document, score
    return best if nearest >= 1.0 else None


def _likeness(question: str, paraphrase: str, lang: str) -> float:
    """1 and more where the two are the same question."""
    letters = fuzz.ratio(_letters(question), _letters(paraphrase)) / SIMILAR_LETTERS
    if letters >= 1.0:
        return letters
    question_words, paraphrase_words = _words(question, lang), _words(paraphrase, lang)
    if len(question_words) < 2 or not paraphrase_words:
        return letters
    return max(letters, len(question_words & paraphrase_words) / len(question_words | paraphrase_words) / SHARED_WORDS)


def _letters(text: str) -> str:
    plain = "".join(char for char in text.casefold() if char.isalnum())
    return unicodedata.normalize("NFD", plain)


def _words(text: str, lang: str) -> set[str]:
    return {term.key for term in terms(text, lang) if not term.light}
