"""The request headers that choose the form of an answer, as parameters of endpoints; absent from the schema."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header

IfNoneMatch = Annotated[str | None, Header(include_in_schema=False)]
AcceptEncoding = Annotated[str | None, Header(include_in_schema=False)]
