"""What endpoints ask for: the state of the chat, and the request's body, validated."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from pedalcast.chat.chat_state import ChatState
from pedalcast.chat.schemas import ChatRequest
from pedalcast.kit.dependencies import state_of


async def read_request(request: Request) -> ChatRequest:
    """The validated body. Raises `RequestValidationError` for what is none."""
    try:
        return ChatRequest.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_input=False)]
        raise RequestValidationError(faults) from None


ChatStateDep = Annotated[ChatState, Depends(state_of("chat", ChatState))]
ChatBody = Annotated[ChatRequest, Depends(read_request)]
