"""Decides about documents: who may do what in which state. Workers do the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from forecaster.objects import ObjectError, ObjectStore
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now
from pedalcast.bots.bot_access import writable_bot
from pedalcast.bots.service import BotService
from pedalcast.database.engine import Database
from pedalcast.documents.errors import (
    DocumentDeletedError,
    DocumentNotFoundError,
    DocumentStateError,
    DuplicateDocumentError,
    TooManyDocumentsError,
)
from pedalcast.documents.ingestion.database_clock import DatabaseSeconds
from pedalcast.documents.ingestion.document_job import restored
from pedalcast.documents.intake.received_file import ReceivedFile
from pedalcast.documents.models import (
    CANCELLED,
    DELETED,
    DELETING,
    EMBEDDING,
    FAILED,
    READY,
    UNFINISHED,
    UPLOADING,
    UploadedDocument,
    new_id,
    object_key,
)
from pedalcast.documents.pictures.stored_pictures import delete_stored_file
from pedalcast.documents.repository import DocumentRepository
from pedalcast.kit.errors import NotFoundError

MAX_DOCUMENTS = 2000  # of one bot
_TRIES = 8  # at cancelling what workers change meanwhile
log = structlog.get_logger(__name__)
Announce = Callable[[str], None]  # tells every process that a bot's documents have changed


class DocumentService:
    """Documents of bots; one of a bot that the caller may not ask is not there.

    `announce` blocks for a moment and raises nothing; `wake` lets a worker of this process look at once.
    """

    def __init__(
        self,
        *,
        database: Database,
        bots: BotService,
        objects: ObjectStore,
        announce: Announce,
        wake: Callable[[], None],
        now: Now,
    ) -> None:
        self._database, self._bots, self._objects = database, bots, objects
        self._announce, self._wake, self._now = announce, wake, now

    async def page(
        self, caller: Caller | None, bot_id: str, limit: int, before: int | None, states: Sequence[str]
    ) -> Sequence[UploadedDocument]:
        """A bot's documents, the newest first. Raises `BotNotFoundError`."""
        await self._bots.readable(caller, bot_id)
        async with self._database.reading() as session:
            return await DocumentRepository(session).of_bot(bot_id, limit, before, states)

    async def readable(self, caller: Caller | None, document_id: str) -> UploadedDocument:
        """The document, for whoever may ask its bot; with its bot it is gone for everybody.

        Raises `DocumentNotFoundError`, `DocumentDeletedError`.
        """
        row = await self._row(document_id)
        try:
            await self._bots.readable(caller, row.bot_id)
        except NotFoundError:
            raise DocumentNotFoundError from None
        if row.state in {DELETING, DELETED}:
            raise DocumentDeletedError
        return row

    async def writable(self, caller: Caller, document_id: str) -> UploadedDocument:
        """The document, for whoever may change its bot. Raises what `readable` does, and `BotReadOnlyError`."""
        row = await self.readable(caller, document_id)
        await self._bots.writable(caller, row.bot_id)
        return row

    async def begin_upload(self, caller: Caller, bot_id: str) -> UploadedDocument:
        """The row of a file that is about to come. Raises what `BotService.writable` does, `TooManyDocumentsError`."""
        now = self._now()
        row = UploadedDocument(
            bot_id=bot_id, owner_id=caller.user_id, state=UPLOADING, run_at=DatabaseSeconds(), created_at=now,
            updated_at=now, details={},
        )  # fmt: skip
        async with self._database.transaction() as session:
            await self._require_room(session, caller, bot_id)
            await DocumentRepository(session).add(row)
        return row

    async def _require_room(self, session: AsyncSession, caller: Caller, bot_id: str) -> None:
        """Nobody else counts until the transaction ends. Raises what `writable_bot` does, `TooManyDocumentsError`."""
        await writable_bot(session, caller, bot_id, lock=True)
        if await DocumentRepository(session).count_live(bot_id) >= MAX_DOCUMENTS:
            raise TooManyDocumentsError(MAX_DOCUMENTS)

    async def progress(self, row: UploadedDocument, size: int) -> None:
        """So many bytes of an upload have come. Raises `DocumentStateError` where it was cancelled meanwhile."""
        values = {"size": size, "run_at": DatabaseSeconds(), "fence": row.fence}
        async with self._database.transaction() as session:
            if not await DocumentRepository(session).change_row(row, self._now(), **values):
                raise DocumentStateError(CANCELLED, "uploaded")

    async def finish_upload(self, row: UploadedDocument, file: ReceivedFile) -> tuple[UploadedDocument, bool]:
        """Store the file and queue its document. Returns the document, and whether it was there already.

        Raises `DocumentStateError` where the upload was cancelled meanwhile, `ObjectError`.
        """
        if (other := await self._same(row.bot_id, file)) is not None:
            await self.abandon(row)
            return other, True
        await asyncio.to_thread(self._objects.put_file, object_key(row.id, row.file_key), file.path)
        try:
            async with self._database.transaction() as session:
                queued = await DocumentRepository(session).queue(row, self._now(), **_facts(file))
        except IntegrityError:  # the same content came at the same moment
            other = await self._same(row.bot_id, file)
            await self.abandon(row)
            if other is None:
                raise DocumentStateError(CANCELLED, "uploaded") from None
            return other, True
        if not queued:
            await self._delete_file(row.id, row.file_key)
            raise DocumentStateError(CANCELLED, "uploaded")
        self._wake()
        return await self._row(row.id), False

    async def abandon(self, row: UploadedDocument) -> None:
        """Remove the row of an upload that comes to nothing, and its file; a worker does while the store is away."""
        async with self._database.reading() as session:
            current = await DocumentRepository(session).by_id(row.id)
        if current is None or current.state != UPLOADING:
            return
        gone = await self._delete_file(row.id, row.file_key)
        async with self._database.transaction() as session:
            documents = DocumentRepository(session)
            current = await documents.by_id(row.id)
            if current is None or current.state != UPLOADING:
                return
            if gone:
                await documents.remove(current)
            else:
                await documents.mark_deleting(current, self._now())

    async def replace(self, caller: Caller, document_id: str, file: ReceivedFile) -> tuple[UploadedDocument, bool]:
        """Queue a newer version of a document; the present one answers until it is in.

        Raises what `writable` does, `DuplicateDocumentError`, `DocumentStateError`, `ObjectError`.
        """
        row = await self.writable(caller, document_id)
        if row.state in UNFINISHED:
            raise DocumentStateError(row.state, "replaced")
        if row.live_hash == file.sha256:
            return row, True
        key, facts = new_id(), {"version": row.version + 1, **_facts(file)}
        await asyncio.to_thread(self._objects.put_file, object_key(row.id, key), file.path)
        try:
            async with self._database.transaction() as session:
                queued = await DocumentRepository(session).queue(row, self._now(), file_key=key, **facts)
        except IntegrityError:
            await self._delete_file(row.id, key)
            other = await self._same(row.bot_id, file)
            raise DuplicateDocumentError(other.id if other else row.id) from None
        if not queued:
            await self._delete_file(row.id, key)
            raise DocumentStateError((await self._row(document_id)).state, "replaced")
        self._wake()
        return await self._row(document_id), False

    async def reindex(self, caller: Caller, document_id: str) -> UploadedDocument:
        """Take its file in again. Raises what `writable` does, `DocumentStateError`, `DuplicateDocumentError`,
        `TooManyDocumentsError`."""
        row = await self.writable(caller, document_id)
        if row.state not in {READY, FAILED, CANCELLED} or row.sha256 is None:
            raise DocumentStateError(row.state, "indexed again")
        try:
            async with self._database.transaction() as session:
                documents = DocumentRepository(session)
                if row.state != READY:  # one that failed or was cancelled counts again from now on
                    await self._require_room(session, caller, row.bot_id)
                queued = await documents.queue(row, self._now(), live_hash=row.sha256)
        except IntegrityError:
            async with self._database.reading() as session:
                other = await DocumentRepository(session).same_content(row.bot_id, row.sha256)
            raise DuplicateDocumentError(other.id if other else row.id) from None
        if not queued:
            raise DocumentStateError((await self._row(document_id)).state, "indexed again")
        self._wake()
        return await self._row(document_id)

    async def cancel(self, caller: Caller, document_id: str) -> UploadedDocument:
        """Stop taking a document in. One that answered before goes back to that version.

        Raises what `writable` does, `DocumentStateError`.
        """
        row = await self.writable(caller, document_id)
        for _ in range(_TRIES):
            if row.state not in UNFINISHED:
                raise DocumentStateError(row.state, "cancelled")
            async with self._database.transaction() as session:
                cancelled = await self._cancel(DocumentRepository(session), row, self._now())
            if cancelled:
                break
            row = await self._row(document_id)  # a worker has just taken it, or gone on to its next step
        else:
            raise DocumentStateError(row.state, "cancelled")
        if row.answering is not None and row.answering["file_key"] != row.file_key:
            await self._delete_file(row.id, row.file_key)
        await asyncio.to_thread(self._announce, row.bot_id)
        self._wake()
        return await self._row(document_id)

    async def _cancel(self, documents: DocumentRepository, row: UploadedDocument, now: datetime) -> bool:
        if row.answering is None:
            if not await documents.change_row(row, now, state=CANCELLED, live_hash=None):
                return False
            if row.state == EMBEDDING:
                await documents.drop_text(row)
            return True
        earlier = restored(row.answering)
        if row.state == EMBEDDING and row.answering["file_key"] != row.file_key:  # its text has been replaced already
            return await documents.queue(row, now, **earlier)
        return await documents.change_row(row, now, state=READY, **earlier)

    async def delete(self, caller: Caller, document_id: str) -> UploadedDocument:
        """Take it out of every answer now; file and vectors follow. Raises what `writable` does."""
        row = await self.writable(caller, document_id)
        async with self._database.transaction() as session:
            await DocumentRepository(session).mark_deleting(row, self._now())
        await asyncio.to_thread(self._announce, row.bot_id)
        self._wake()
        log.info("document deleted", document_id=row.id, bot_id=row.bot_id, user_id=caller.user_id)
        return await self._row(document_id)

    async def _row(self, document_id: str) -> UploadedDocument:
        async with self._database.reading() as session:
            row = await DocumentRepository(session).by_id(document_id)
        if row is None:
            raise DocumentNotFoundError
        return row

    async def _same(self, bot_id: str, file: ReceivedFile) -> UploadedDocument | None:
        async with self._database.reading() as session:
            return await DocumentRepository(session).same_content(bot_id, file.sha256)

    async def _delete_file(self, document_id: str, file_key: str) -> bool:
        """Whether that was possible; a file that stays goes with its document."""
        try:
            await asyncio.to_thread(delete_stored_file, self._objects, document_id, file_key)
        except ObjectError as error:
            log.warning("file not deleted", document_id=document_id, error=type(error).__name__)
            return False
        return True


def _facts(file: ReceivedFile) -> dict[str, object]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256, "live_hash": file.sha256}
