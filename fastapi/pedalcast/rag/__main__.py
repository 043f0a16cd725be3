"""`python -m pedalcast.rag`: evaluate, ingest, ask, train, check the help."""

from __future__ import annotations

import json
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from forecaster.model.engines import missing
from pedalcast.knowledge.articles import load_articles
from pedalcast.knowledge.contradictions import contradictions
from pedalcast.rag.config import STEPS, RagConfig
from pedalcast.rag.evaluation.dataset import documents, load
from pedalcast.rag.evaluation.evaluation_report import markdown, misses
from pedalcast.rag.evaluation.evaluation_run import BOT, run, summary
from pedalcast.rag.help_index import help_documents
from pedalcast.rag.learning.paraphrase_check import LostParaphrase, lost_paraphrases
from pedalcast.rag.pipeline import DEFAULT_BOT, RetrievalPipeline
from pedalcast.rag.ranking.passage_score import LEARNED
from pedalcast.rag.text.segmentation import language

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Retrieval: evaluate it, fill it, ask it, train it.")
console = Console(stderr=True)

Data = Annotated[Path, typer.Option("--data", exists=True, file_okay=False, help="a data set in BEIR's layout")]
Folder = Annotated[Path, typer.Option("--data-dir", help="where chunks and vectors are kept")]
_HOME = Path(".data/rag")


@app.command()
def evaluate(  # noqa: PLR0917 (options of a command line)
    data: Data,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the figures here; default: print them")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="write a Markdown report with the misses here")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="ask only so many questions, evenly spread")] = None,
    ablate: Annotated[bool, typer.Option("--ablate", help="switch each step off in turn as well")] = False,  # noqa: FBT002
    steps: Annotated[list[str] | None, typer.Option("--step", help="with --ablate: only this one; repeatable")] = None,
    models: Annotated[Path, typer.Option("--models", help="where built graphs are kept between runs")] = _HOME
    / "models",
) -> None:
    """Measure a data set with the product's pipeline and defaults, in a scratch index of its own."""
    if unknown := set(steps or ()) - set(STEPS):
        raise typer.BadParameter(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
    dataset = load(data)
    with tempfile.TemporaryDirectory(prefix="pedalcast-rag-") as scratch:
        config = RagConfig(Path(scratch), models_dir=models, leg_timeout=30.0)
        with _opened(config) as retrieval:
            figures = _measured(retrieval, data, limit)
            done = figures.pop("run")
        if ablate:
            figures["ablation"] = {step: _without(step, config, data, limit) for step in steps or STEPS}
    figures["misses"] = misses(done)
    if report:
        report.write_text(markdown(figures), encoding="utf-8")
    _emit(figures, json_file)
    console.print(
        f"[bold]{dataset.name}[/] " + " ".join(f"{k}={v}" for k, v in figures["figures"].items() if k != "latency_ms")
    )


def _measured(retrieval: RetrievalPipeline, data: Path, limit: int | None) -> dict[str, Any]:
    dataset = load(data)
    with _bar("documents") as step:
        ingested = retrieval.ingest(dataset.documents, bot_id=BOT, on_embedded=step)
    total = min(limit or len(dataset.queries), len(dataset.queries)) + len(dataset.off_topic)
    with _bar("questions") as step:
        count = iter(range(1, total + 1))
        done = run(retrieval, dataset, limit, lambda: step(next(count), total))
    return {
        "data": dataset.name,
        "documents": len(dataset.documents),
        "off_topic_source": dataset.off_topic_source,
        "figures": summary(done, partial(retrieval.threshold, bot_id=BOT)),
        "ingest": asdict(ingested) | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024},
        "run": done,
    }


def _without(step: str, config: RagConfig, data: Path, limit: int | None) -> dict[str, Any]:
    with _opened(replace(config, off=frozenset({step}))) as retrieval:
        figures: dict[str, Any] = _measured(retrieval, data, min(limit or 300, 300))["figures"]
    return figures


@app.command()
def ingest(
    corpus: Annotated[Path, typer.Argument(exists=True, help="a corpus.jsonl, or a folder in BEIR's layout")],
    data_dir: Folder = _HOME,
    bot: Annotated[str, typer.Option(help="the knowledge base to fill")] = DEFAULT_BOT,
) -> None:
    """Take documents in; run it again after a kill and it goes on where it stood."""
    with _opened(RagConfig(data_dir)) as retrieval, _bar("chunks") as step:
        report = retrieval.ingest(documents(corpus), bot_id=bot, on_embedded=step)
    _emit(asdict(report), None)


@app.command()
def ask(
    question: str,
    data_dir: Folder = _HOME,
    bot: Annotated[str, typer.Option(help="the knowledge base to ask")] = DEFAULT_BOT,
) -> None:
    """The passages and quotes for a question, and how sure they are, as JSON."""
    lang = language(question)
    with _opened(RagConfig(data_dir)) as retrieval:
        found = retrieval.search(question, lang=lang, bot_id=bot)
        quotes = retrieval.extract(question, found.passages)
        sure = retrieval.answerable(question, found.passages, quotes)
        _emit(
            {"answerable": sure, "threshold": retrieval.threshold(lang), "quotes": [asdict(q) for q in quotes],
             "passages": [asdict(p) for p in found.passages], "timings": found.timings, "notes": found.notes},
            None,
        )  # fmt: skip


@app.command()
def train(
    data: Annotated[list[Path], typer.Option("--data", exists=True, help="data sets of one language")],
    lang: Annotated[str, typer.Option(help="ko or en")],
    target: Annotated[Path, typer.Option("--out", help="where to write the learned files")] = LEARNED,
    models: Annotated[Path, typer.Option("--models", help="where built graphs are kept")] = _HOME / "models",
    limit: Annotated[int, typer.Option(help="questions of each set")] = 3000,
) -> None:
    """Learn the reranker's weights, the choice of sentences and the judgement anew."""
    from pedalcast.rag.learning.training_command import learn  # noqa: PLC0415 (scipy takes half a second to load)

    if (why := missing("lightgbm")) is not None:
        console.print(f"error: {why}", soft_wrap=True)
        raise typer.Exit(1)
    _emit({"blend": learn(data, lang, target, models, limit)}, None)


@app.command("train-wordings")
def train_paraphrases(
    lang: Annotated[str, typer.Option(help="ko or en")],
    corpus: Annotated[
        Path | None, typer.Option(help="a corpus.jsonl whose documents have `questions`; default: the built-in help")
    ] = None,
    others: Annotated[
        list[Path] | None, typer.Option("--off", help="data sets whose questions the documents do not answer")
    ] = None,
    target: Annotated[Path, typer.Option("--out", help="where to write the learned files")] = LEARNED,
    models: Annotated[Path, typer.Option("--models", help="where built graphs are kept")] = _HOME / "models",
) -> None:
    """Learn the weights for documents with paraphrases, each paraphrase asked with itself left out."""
    from pedalcast.rag.learning.training_command import learn_paraphrases  # noqa: PLC0415 (scipy takes half a second to load)

    chosen = (
        [document for document in help_documents() if document.lang == lang]
        if corpus is None
        else list(documents(corpus))
    )
    _emit(learn_paraphrases(chosen, lang, target, models, others or []), None)


@app.command("check-help")
def check_help(
    folder: Annotated[Path | None, typer.Option(help="a folder of articles; default: the built-in help")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="ask every paraphrase as well: some minutes")] = False,  # noqa: FBT002
    models: Annotated[Path, typer.Option("--models", help="where built graphs are kept")] = _HOME / "models",
) -> None:
    """Find facts that two articles state differently and, with --ask, paraphrases that find another article."""
    found = contradictions(load_articles(folder))
    lost = [asdict(each) for each in _lost(folder, models)] if ask else []
    _emit({"contradictions": [str(each) for each in found], "lost_paraphrases": lost}, None)
    if found:
        raise typer.Exit(1)


def _lost(folder: Path | None, models: Path) -> Iterator[LostParaphrase]:
    documents = help_documents(folder)
    with (
        tempfile.TemporaryDirectory(prefix="pedalcast-rag-") as scratch,
        _opened(RagConfig(Path(scratch), models_dir=models, leg_timeout=60.0)) as retrieval,
    ):
        retrieval.ingest(documents, bot_id=BOT)
        for lang in ("ko", "en"):
            yield from lost_paraphrases(retrieval, [each for each in documents if each.lang == lang], lang)


@contextmanager
def _opened(config: RagConfig) -> Iterator[RetrievalPipeline]:
    retrieval = RetrievalPipeline(config)
    try:
        yield retrieval
    finally:
        retrieval.close()


@contextmanager
def _bar(what: str) -> Iterator[Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _emit(figures: dict[str, Any], target: Path | None) -> None:
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    if target is None:
        print(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    app()
