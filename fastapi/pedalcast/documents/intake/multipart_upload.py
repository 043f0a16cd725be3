"""A multipart form with one file, streamed to this machine's disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from pedalcast.documents.errors import UploadFormError, UploadTooLargeError, UploadTypeError
from pedalcast.documents.intake.received_file import ReceivedFile, received

FIELD = "file"
OVERHEAD = 64 * 1024  # what a form may have beside its file
_MOST_FIELDS = 8
_REPORT_BYTES = 4 << 20
_PATIENCE_S = 60.0  # the longest silence of a sender

OnBytes = Callable[[int], Awaitable[None]]


async def receive_form(request: Request, folder: Path, most_bytes: int, on_bytes: OnBytes) -> ReceivedFile:
    """The file of the form, in `folder`. `on_bytes` is told now and then how many have come, and may raise.

    Raises `UploadTypeError`, `UploadFormError`, `UploadTooLargeError`, `ClientDisconnect`.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UploadTypeError
    stream = _counted(request.stream(), most_bytes + OVERHEAD, most_bytes, on_bytes)
    parser = _UploadParser(request.headers, stream, max_files=1, max_fields=_MOST_FIELDS, max_part_size=OVERHEAD)
    try:
        form = await parser.parse()
        part = form.get(FIELD)
        if not isinstance(part, UploadFile):
            raise UploadFormError(f"There is no whole file in the field `{FIELD}`.")
        if (part.size or 0) > most_bytes:
            raise UploadTooLargeError(most_bytes)
        return await asyncio.to_thread(_kept, part, folder)
    except MultiPartException as error:
        raise UploadFormError(error.message) from None
    except TimeoutError:
        raise UploadFormError("The upload stood still for too long.") from None
    finally:
        parser.close_files()


class _UploadParser(MultiPartParser):
    """Starlette's, which leaves the file of a form open whose end is missing."""

    def close_files(self) -> None:
        """Close every file of the form."""
        for file in self._files_to_close_on_error:
            file.close()


def _kept(part: UploadFile, folder: Path) -> ReceivedFile:
    path = folder / "upload"
    with path.open("wb") as file:
        shutil.copyfileobj(part.file, file, 1 << 20)
    return received(path, part.filename or "")


async def _counted(
    stream: AsyncGenerator[bytes, None], limit: int, most_bytes: int, on_bytes: OnBytes
) -> AsyncGenerator[bytes, None]:
    size, told = 0, 0
    while True:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                part = await anext(stream)
        except StopAsyncIteration:
            return
        size += len(part)
        if size > limit:
            raise UploadTooLargeError(most_bytes)
        if size - told >= _REPORT_BYTES:
            told = size
            await on_bytes(size)
        yield part
