"""An ingest that is killed and run again: nothing doubled, nothing lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from pedalcast.rag.types import Document

_SCRIPT = """
import sys
from pathlib import Path
from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from tests.pedalcast.rag.test_resume import documents
RetrievalPipeline(RagConfig(Path(sys.argv[1]), models_dir=Path(sys.argv[2]))).ingest(
    documents(), on_embedded=lambda done, total: print(done, flush=True))
"""
COUNT = 400


def documents() -> list[Document]:
    text = "{n}번 대여소의 자전거 거치대는 {n}개입니다. 고장 난 자전거는 {n}번 버튼으로 신고하세요."
    return [Document(f"d{n}", f"대여소 {n}", text.format(n=n), lang="ko") for n in range(COUNT)]


@pytest.mark.parametrize("after", [1, 3])
def test_killed_and_run_again(retrieval: RetrievalPipeline, tmp_path: Path, after: int) -> None:
    models = retrieval.config.data_dir / "models"
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", _SCRIPT, str(tmp_path), str(models)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline().strip().isdigit()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    opened = _reopened(RagConfig(tmp_path, models_dir=models, leg_timeout=60.0))
    assert opened.index.vectors("ko").count() < COUNT
    report = opened.ingest(documents())
    assert report.unchanged == COUNT
    assert opened.store.count() == opened.index.vectors("ko").count() == COUNT
    assert opened.index.lexical.part("help", "ko", is_paraphrase=False).postings.corpus_size == COUNT  # type: ignore[union-attr]
    assert opened.search("371번 대여소 거치대", lang="ko").passages[0].document_id == "d371"
    opened.close()


def _reopened(config: RagConfig) -> RetrievalPipeline:
    """The kernel may take a moment to let go of the killed process's locks."""
    opened = RetrievalPipeline(config)
    time.sleep(0.2)
    return opened
