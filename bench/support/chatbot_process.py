"""`python -m bench.support.chatbot_process FOLDER`: ingest and answer in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from bench.sample_data import chatbot_corpus
from bench.support.measure import peak_mib, percentile
from pedalcast.rag.answer.answer_types import AnswerComponents, Question
from pedalcast.rag.config import RagConfig
from pedalcast.rag.flow.question_flow import QuestionFlow
from pedalcast.rag.pipeline import RetrievalPipeline

LANGUAGES = ("ko", "en")
CHUNKS = 5_000  # a language, each a bot of its own
QUESTIONS, WARM = 100, 10


def main(models: Path) -> dict[str, float]:
    """Take 10,000 chunks in, then answer from 5,000."""
    with tempfile.TemporaryDirectory(prefix="bench-rag-") as folder:
        retrieval = RetrievalPipeline(RagConfig(Path(folder), models_dir=models))
        try:
            figures = _ingest(retrieval)
            for lang in LANGUAGES:
                figures |= asyncio.run(_answer(retrieval, lang))
        finally:
            retrieval.close()
    return figures


def _ingest(retrieval: RetrievalPipeline) -> dict[str, float]:
    taken = {lang: list(chatbot_corpus.documents(lang, CHUNKS)) for lang in LANGUAGES}
    began, chunks = time.perf_counter(), 0
    for lang, documents in taken.items():
        chunks += retrieval.ingest(documents, bot_id=lang).chunks
    return {
        "ingest_chunks": chunks,
        "ingest_10000_seconds": time.perf_counter() - began,
        "ingest_10000_peak_mib": peak_mib(),
    }


async def _answer(retrieval: RetrievalPipeline, lang: str) -> dict[str, float]:
    """The flow as the chat runs it, from the question to the whole answer."""
    flow, seconds = QuestionFlow(AnswerComponents(retrieval)), []
    for text in chatbot_corpus.questions(lang, QUESTIONS + WARM):
        began = time.perf_counter()
        await flow.start(Question(text, lang)).answer()
        seconds.append(time.perf_counter() - began)
    measured = seconds[WARM:]
    return {f"answer_5000_p{share}_ms_{lang}": 1e3 * percentile(measured, share) for share in (50, 95)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
