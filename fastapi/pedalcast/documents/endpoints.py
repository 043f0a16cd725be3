"""`/api/v1/documents`: files that bots answer from."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Request
from starlette.responses import FileResponse

from forecaster.objects import ObjectError, ObjectNotFound
from pedalcast.bots.dependencies import BotMakerDep, BotReaderDep
from pedalcast.database.cursor import decode_cursor, encode_cursor
from pedalcast.documents.dependencies import BotOfDocuments, DocumentId, Documents, DocumentsDep
from pedalcast.documents.errors import NotReadyError
from pedalcast.documents.intake.multipart_upload import receive_form
from pedalcast.documents.models import UPLOADING, UploadedDocument, object_key
from pedalcast.documents.schemas import (
    DocumentOut,
    DocumentsOut,
    DocumentState,
    DocumentView,
    PassageOut,
    PreviewOut,
    UploadOut,
)
from pedalcast.kit.errors import UnavailableError, responses

UPLOAD_PATH = "/api/v1/documents/upload"
router = APIRouter(prefix="/api/v1/documents", tags=["documents"], responses=responses(401, 403, 404, 422))
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object", "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "the file"}},
                }
            }
        },
    }
}  # fmt: skip
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "hwpx": "application/hwp+zip", "hwp": "application/x-hwp", "markdown": "text/markdown; charset=utf-8",
}  # fmt: skip
_SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
         "Cache-Control": "private, no-store"}  # fmt: skip


@router.post("/upload", status_code=202, summary="Upload a document", openapi_extra=_FORM,
             responses=responses(400, 409, 410, 413, 415, 503))  # fmt: skip
async def upload(
    request: Request,
    documents: DocumentsDep,
    caller: BotMakerDep,
    bot_id: BotOfDocuments,
    document_id: Annotated[
        str | None, Query(pattern=r"^[0-9a-f]{32}$", description="the document this is a newer version of")
    ] = None,
) -> UploadOut:
    """PDF, DOCX, HWPX, HWP 5, HTML, Markdown, CSV or text, in the field `file`; its content says which.

    A worker takes it in: ask for its state until it is `ready`, or `failed` with a code and a sentence. Content that
    the bot has already is not taken in twice. A newer version answers from the moment it is in; until then, and where
    it cannot be read, the present one does.
    """
    if document_id is not None:
        row = await documents.service.writable(caller, document_id)
        return await _replaced(request, documents, caller, row)
    row = await documents.service.begin_upload(caller, bot_id)
    outcome = "refused"
    try:
        with tempfile.TemporaryDirectory(dir=documents.folder) as folder:
            file = await receive_form(
                request, Path(folder), documents.most_bytes, lambda size: documents.service.progress(row, size)
            )
            stored, duplicate = await documents.service.finish_upload(row, file)
        outcome = "duplicate" if duplicate else "queued"
    except ObjectError as error:
        raise UnavailableError(
            "The file could not be stored; please try again shortly.", "store_unavailable"
        ) from error
    finally:
        documents.metrics.uploads.labels(outcome).inc()
        if outcome == "refused":
            await asyncio.shield(documents.service.abandon(row))
    return UploadOut(**_shown(stored), duplicate=duplicate)


async def _replaced(request: Request, documents: Documents, caller: BotMakerDep, row: UploadedDocument) -> UploadOut:
    async def ignore(_: int) -> None: ...

    with tempfile.TemporaryDirectory(dir=documents.folder) as folder:
        file = await receive_form(request, Path(folder), documents.most_bytes, ignore)
        try:
            stored, duplicate = await documents.service.replace(caller, row.id, file)
        except ObjectError as error:
            raise UnavailableError("The file could not be stored; please try again shortly.",
                                   "store_unavailable") from error  # fmt: skip
    return UploadOut(**_shown(stored), duplicate=duplicate)


@router.get("", summary="A bot's documents, the newest first")
async def list_documents(  # noqa: PLR0917 (FastAPI calls it by name)
    documents: DocumentsDep,
    caller: BotReaderDep,
    bot_id: BotOfDocuments,
    state: Annotated[list[DocumentState] | None, Query(description="only those in these states")] = None,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentsOut:
    """For whoever may ask the bot. Deleted ones are not listed."""
    rows = await documents.service.page(caller, bot_id, limit + 1, decode_cursor(cursor), state or ())
    following = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
    return DocumentsOut(data=[DocumentView.of(row) for row in rows[:limit]], next=following)


@router.get("/{document_id}", summary="A document's state", responses=responses(410))
async def read_document(documents: DocumentsDep, caller: BotReaderDep, document_id: DocumentId) -> DocumentOut:
    """410 for one that was deleted."""
    return DocumentOut(**_shown(await documents.service.readable(caller, document_id)))


@router.get("/{document_id}/preview", summary="A part of a document's text", responses=responses(409, 410))
async def preview(
    documents: DocumentsDep,
    caller: BotReaderDep,
    document_id: DocumentId,
    start: Annotated[int, Query(ge=0, le=2**31, description="where to begin, characters")] = 0,
    length: Annotated[int, Query(ge=1, le=20_000, description="how many characters")] = 4000,
) -> PreviewOut:
    """As it is searched and quoted."""
    return await documents.passages.preview(await documents.service.readable(caller, document_id), start, length)


@router.get("/{document_id}/passage", summary="A quoted passage where it stands", responses=responses(410))
async def read_passage(
    documents: DocumentsDep,
    caller: BotReaderDep,
    document_id: DocumentId,
    chunk_id: Annotated[
        str | None, Query(max_length=36, pattern=r"^[0-9a-f-]+$", description="`chunk_id` of an answer's source")
    ] = None,
    quote: Annotated[str | None, Query(max_length=4000, description="the quoted sentence")] = None,
) -> PassageOut:
    """What an answer's source links to. 404 where the document has changed and the passage is no longer in it, 410
    where it was deleted."""
    row = await documents.service.readable(caller, document_id)
    return await documents.passages.passage(row, chunk_id, quote)


@router.get("/{document_id}/download", summary="A document's file", response_class=FileResponse,
            responses={200: {"content": {"application/octet-stream": {}}}, **responses(409, 410, 503)})  # fmt: skip
async def download(
    documents: DocumentsDep,
    caller: BotReaderDep,
    tasks: BackgroundTasks,
    document_id: DocumentId,
    inline: Annotated[bool, Query(description="show a PDF in the browser instead of saving it")] = False,  # noqa: FBT002
) -> FileResponse:
    """The one that answers; where there is none yet, the one that was uploaded."""
    row = await documents.service.readable(caller, document_id)
    if row.state == UPLOADING or row.sha256 is None:
        raise NotReadyError
    facts = row.answering or {"file_key": row.file_key, "name": row.name}
    folder = tempfile.TemporaryDirectory(dir=documents.folder)
    tasks.add_task(folder.cleanup)
    path = Path(folder.name) / "file"
    try:
        await asyncio.to_thread(documents.objects.fetch_file, object_key(row.id, facts["file_key"]), path)
    except ObjectNotFound:
        folder.cleanup()
        raise NotReadyError from None
    except ObjectError as error:
        folder.cleanup()
        raise UnavailableError("The file cannot be read at present.", "store_unavailable") from error
    shown = inline and row.kind == "pdf"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"} if shown else _SAFE
    return FileResponse(
        path, media_type=_MEDIA_TYPES.get(row.kind or "", "application/octet-stream"), filename=facts["name"],
        content_disposition_type="inline" if shown else "attachment", headers=headers, background=tasks,
    )  # fmt: skip


@router.post("/{document_id}/reindex", status_code=202, summary="Take a document in again",
             responses=responses(409, 410))  # fmt: skip
async def reindex(documents: DocumentsDep, caller: BotMakerDep, document_id: DocumentId) -> DocumentOut:
    """One that is ready, failed or cancelled."""
    return DocumentOut(**_shown(await documents.service.reindex(caller, document_id)))


@router.post("/{document_id}/cancel", summary="Stop taking a document in", responses=responses(409, 410))
async def cancel(documents: DocumentsDep, caller: BotMakerDep, document_id: DocumentId) -> DocumentOut:
    """At any moment before it is ready; one that answered before goes back to that version."""
    return DocumentOut(**_shown(await documents.service.cancel(caller, document_id)))


@router.delete("/{document_id}", status_code=202, summary="Delete a document", responses=responses(410))
async def delete_document(documents: DocumentsDep, caller: BotMakerDep, document_id: DocumentId) -> DocumentOut:
    """It is out of every answer at once; its file and vectors follow."""
    return DocumentOut(**_shown(await documents.service.delete(caller, document_id)))


def _shown(row: UploadedDocument) -> dict[str, Any]:
    return DocumentView.of(row).model_dump()
