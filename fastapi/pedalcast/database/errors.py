"""Errors of the database, and how they look to a caller."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import InterfaceError, OperationalError

from pedalcast.kit.errors import UnavailableError, problem

log = structlog.get_logger(__name__)


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer."""

    def __init__(self) -> None:
        super().__init__("The database does not answer; please try again shortly.", "database_unavailable")


class SchemaError(RuntimeError):
    """The database's schema is not the one this version works on; the message is one line."""


def install(app: FastAPI) -> None:
    """Answer 503 when the database fails in the middle of a request."""
    app.add_exception_handler(OperationalError, _database_failed)
    app.add_exception_handler(InterfaceError, _database_failed)


async def _database_failed(_: Request, error: Exception) -> Response:
    log.warning("database failed, request refused", error=type(error).__name__)
    away = DatabaseUnavailableError()
    return problem(away.status, away.code, away.message, headers=away.headers)
