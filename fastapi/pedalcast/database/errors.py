"""Errors of the database, and how they look to a caller."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from pedalcast.kit.errors import UnavailableError, problem

log = structlog.get_logger(__name__)


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer."""

    def __init__(self) -> None:
        super().__init__("The database does not answer; please try again shortly.", "database_unavailable")


class SchemaError(RuntimeError):
    """The database's schema is not the one this version works on; the message is one line."""


def install(app: FastAPI) -> None:
    """Answer 503 when the database fails in the middle of a request, 422 for numbers that no column can hold."""
    app.add_exception_handler(OperationalError, _database_failed)
    app.add_exception_handler(InterfaceError, _database_failed)
    app.add_exception_handler(OverflowError, _number_refused)  # SQLite's driver
    app.add_exception_handler(DBAPIError, _value_refused)


async def _database_failed(_: Request, error: Exception) -> Response:
    log.warning("database failed, request refused", error=type(error).__name__)
    away = DatabaseUnavailableError()
    return problem(away.status, away.code, away.message, headers=away.headers)


async def _value_refused(request: Request, error: Exception) -> Response:
    """PostgreSQL's driver refuses a number of more than 64 bits before it sends it; all else is a fault of ours."""
    assert isinstance(error, DBAPIError)  # noqa: S101 (narrows the type that the registration guarantees)
    if "out of int64 range" in str(error.orig):
        return await _number_refused(request, error)
    raise error


async def _number_refused(_: Request, __: Exception) -> Response:
    return problem(422, "number_too_large", "A number in the request is larger than any that is kept here.")
