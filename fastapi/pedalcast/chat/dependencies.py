"""What endpoints ask for: the state of the chat, and the request's body, read up to a limit and validated."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.kit.dependencies import state_of
from pedalcast.kit.errors import PedalcastError

MAX_BYTES = 256 * 1024


async def read_request(request: Request) -> ChatRequest:
    """The validated body. Raises `PedalcastError` 413 beyond `MAX_BYTES`, `RequestValidationError` for the rest."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise PedalcastError(413, "too_large", f"The request is larger than {MAX_BYTES // 1024} KiB.")
    try:
        return ChatRequest.model_validate_json(bytes(body))
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_input=False)]
        raise RequestValidationError(faults) from None


ChatStateDep = Annotated[ChatState, Depends(state_of("chat", ChatState))]
ChatBody = Annotated[ChatRequest, Depends(read_request)]
