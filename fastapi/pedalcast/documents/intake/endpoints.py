"""`/api/v1/documents/addresses`: documents by their addresses, where a setting allows it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from fastapi import APIRouter

from forecaster.objects import ObjectError
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.bots.dependencies import BotMakerDep
from pedalcast.documents.dependencies import BotOfDocuments, Documents, DocumentsDep
from pedalcast.documents.errors import AddressesOffError, DocumentAddressError
from pedalcast.documents.intake.received_file import ReceivedFile
from pedalcast.documents.schemas import AddressesIn, AddressesOut, DocumentProblem, DocumentView, FetchedAddress
from pedalcast.kit.errors import UnavailableError, responses

BUDGET_S = 60.0  # for all addresses of a request
router = APIRouter(prefix="/api/v1/documents", tags=["documents"])
_NO_TIME = DocumentAddressError("address_timeout", "There was no time left to fetch it.")
_NO_STORE = DocumentProblem(code="store_unavailable", message="The file could not be stored.")


@router.post("/addresses", status_code=202, summary="Take documents in by their addresses",
             responses=responses(401, 403, 404, 409, 422))  # fmt: skip
async def fetch_addresses(
    documents: DocumentsDep, caller: BotMakerDep, bot_id: BotOfDocuments, body: AddressesIn
) -> AddressesOut:
    """Where `DOCUMENT_ADDRESSES` allows it: files on public hosts, one after the other, within a minute in all.

    Private, loopback, link-local and metadata addresses are refused after the name was resolved, those that a redirect
    leads to as well.
    """
    if not documents.fetches:
        raise AddressesOffError
    until = time.monotonic() + BUDGET_S
    return AddressesOut(data=[await _fetched(documents, caller, bot_id, url, until) for url in body.urls])


async def _fetched(documents: Documents, caller: Caller, bot_id: str, url: str, until: float) -> FetchedAddress:
    row = await documents.service.begin_upload(caller, bot_id)
    try:
        with tempfile.TemporaryDirectory(dir=documents.folder) as folder:
            file = await _fetch(documents, url, Path(folder), until)
            stored, duplicate = await documents.service.finish_upload(row, file)
        return FetchedAddress(url=url, document=DocumentView.of(stored), duplicate=duplicate, error=None)
    except DocumentAddressError as error:
        problem = DocumentProblem(code=error.code, message=error.message)
        return FetchedAddress(url=url, document=None, error=problem)
    except ObjectError:
        return FetchedAddress(url=url, document=None, error=_NO_STORE)
    finally:
        await asyncio.shield(documents.service.abandon(row))


async def _fetch(documents: Documents, url: str, folder: Path, until: float) -> ReceivedFile:
    """The file, once one of the few threads is free. Raises `DocumentAddressError`."""

    def fetch() -> ReceivedFile:
        if (seconds := until - time.monotonic()) <= 0:
            raise _NO_TIME
        return documents.fetcher.fetch(url, folder, seconds)

    try:
        return await documents.fetching.run(fetch)
    except UnavailableError as error:
        raise DocumentAddressError(error.code, error.message) from None
