"""What endpoints ask for: the services of documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query
from fastapi import Path as PathParameter

from forecaster.objects import ObjectStore
from pedalcast.documents.document_passages import DocumentPassages
from pedalcast.documents.intake.address_fetch import AddressFetcher
from pedalcast.documents.metrics import DocumentMetrics
from pedalcast.documents.service import DocumentService
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.web.bounded_work import BoundedWork


@dataclass(frozen=True, slots=True)
class Documents:
    """The services, and what uploads need: where files lie meanwhile, how large one may be, whether addresses are
    fetched, and how many at once."""

    service: DocumentService
    passages: DocumentPassages
    objects: ObjectStore
    metrics: DocumentMetrics
    folder: Path
    most_bytes: int
    fetcher: AddressFetcher
    fetches: bool
    fetching: BoundedWork


DocumentsDep = Annotated[Documents, Depends(state_of("documents", Documents))]
DocumentId = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{32}$")]
BotOfDocuments = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[\w-]+$", description="the bot's id")]
