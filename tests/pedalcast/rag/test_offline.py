"""Nothing here opens a connection to the outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pedalcast.rag.pipeline import RetrievalPipeline

_SCRIPT = """
import sys
from pathlib import Path
def closed(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise SystemExit(f"a connection to the outside: {event} {args}")
sys.addaudithook(closed)
from pedalcast.rag.config import RagConfig
from pedalcast.rag.pipeline import RetrievalPipeline
from tests.pedalcast.rag.documents import DOCUMENTS
retrieval = RetrievalPipeline(RagConfig(Path(sys.argv[1]), models_dir=Path(sys.argv[2]), leg_timeout=60.0))
retrieval.ingest(DOCUMENTS)
for lang, question in (("en", "What does a day pass cost?"), ("ko", "일일권은 얼마예요?")):
    passages = retrieval.search(question, lang=lang).passages
    quotes = retrieval.extract(question, passages)
    print(retrieval.answerable(question, passages, quotes), quotes[0].text)
retrieval.close()
"""


def test_network_closed(retrieval: RetrievalPipeline, tmp_path: Path) -> None:
    models = retrieval.config.data_dir / "models"
    command = [sys.executable, "-c", _SCRIPT, str(tmp_path), str(models)]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "5,000" in done.stdout
