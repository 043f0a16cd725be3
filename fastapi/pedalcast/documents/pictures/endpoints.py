"""`/api/v1/documents/{id}/pictures/{name}`: pictures of documents."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from forecaster.objects import ObjectError
from pedalcast.bots.dependencies import BotReaderDep
from pedalcast.documents.dependencies import DocumentId, DocumentsDep
from pedalcast.documents.errors import PictureNotFoundError
from pedalcast.documents.parsing.picture_shelf import picture_type
from pedalcast.documents.pictures.stored_pictures import read_picture
from pedalcast.kit.errors import UnavailableError, responses

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])
PictureName = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/{document_id}/pictures/{name}", summary="A picture of a document", response_class=Response,
            responses={200: {"content": {"image/png": {}, "image/jpeg": {}, "image/gif": {}, "image/webp": {}}},
                       **responses(401, 403, 404, 410, 422, 503)})  # fmt: skip
async def read_document_picture(
    documents: DocumentsDep, caller: BotReaderDep, document_id: DocumentId, name: PictureName
) -> Response:
    """Those that `images` of an answer name, for whoever may ask the bot. 404 where a newer version has no such one."""
    row = await documents.service.readable(caller, document_id)
    file_key = row.file_key if row.answering is None else row.answering["file_key"]
    try:
        content = await asyncio.to_thread(read_picture, documents.objects, row.id, file_key, name)
    except ObjectError as error:
        raise UnavailableError("The picture cannot be read at present.", "store_unavailable") from error
    media_type = None if content is None else picture_type(content)
    if content is None or media_type is None:
        raise PictureNotFoundError
    return Response(content, media_type=media_type, headers=_HEADERS)
