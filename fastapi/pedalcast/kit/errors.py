"""Errors of the service and their one shape on the wire: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

import orjson
import redis
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

MEDIA_TYPE = "application/problem+json"
_OUTAGES = (redis.exceptions.ReadOnlyError, redis.exceptions.OutOfMemoryError, redis.exceptions.ClusterDownError)
_OUTAGE_CODES = (
    "READONLY",
    "MISCONF",
    "OOM",
    "UNBLOCKED",
    "LOADING",
    "BUSY",
    "MASTERDOWN",
    "NOREPLICAS",
    "CLUSTERDOWN",
)
CLIENT_GONE = 499  # nobody reads it; proxies and logs know this number for a client that hung up
log = structlog.get_logger(__name__)


class PedalcastError(Exception):
    """Something a caller is to be told: an HTTP status, a stable code, and a sentence for people."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.extra = extra


class NotFoundError(PedalcastError):
    """There is no such thing."""

    def __init__(self, message: str, code: str = "not_found") -> None:
        super().__init__(404, code, message)


class ConflictError(PedalcastError):
    """The thing is there, in a state that does not admit this."""

    def __init__(self, message: str, code: str = "conflict") -> None:
        super().__init__(409, code, message)


class UnauthorizedError(PedalcastError):
    """The caller has not shown who they are."""

    def __init__(self, message: str = "A bearer token is needed.", code: str = "unauthorized") -> None:
        super().__init__(401, code, message, headers={"WWW-Authenticate": "Bearer"})


class ForbiddenError(PedalcastError):
    """The caller is known and may not do this."""

    def __init__(self, message: str, code: str = "forbidden") -> None:
        super().__init__(403, code, message)


class UnavailableError(PedalcastError):
    """A part that the answer needs is away; asking again later may help."""

    def __init__(self, message: str, code: str = "unavailable", *, retry_after: int = 10) -> None:
        super().__init__(503, code, message, headers={"Retry-After": str(retry_after)})


_PLAIN = {
    HTTPStatus.NOT_FOUND: "There is nothing at {path}; /docs describes what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "{path} cannot be asked with {method}; /docs describes how.",
}


class Problem(BaseModel):
    """How every error looks."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:pedalcast:problem:station_not_found",
                "title": "Not Found",
                "status": 404,
                "detail": "There is no station ST-0.",
                "success": False,
                "error": "station_not_found",
                "message": "There is no station ST-0.",
            }
        }
    )

    type: str = Field(description="URI of the kind of problem, made of the stable code")
    title: str = Field(description="the HTTP status in words")
    status: int
    detail: str = Field(description="what went wrong, for people")
    success: Literal[False] = Field(default=False, description="always false")
    error: str = Field(description="stable code of the problem, for programs")
    message: str = Field(description="the same as detail")


def problem(
    status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> Response:
    """The response of an error; `extra` members are added to the body."""
    body = {
        "type": f"urn:pedalcast:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "success": False,
        "error": code,
        "message": message,
        **extra,
    }
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may fail with these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install(app: FastAPI, *bodies: type[BaseModel]) -> None:
    """Make every error of `app` look like `Problem`, and say so in its schema.

    `bodies` are described in the schema's components too: those of endpoints that read their body themselves.
    """
    plain = app.openapi
    app.openapi = lambda: _with_problems(plain(), bodies)  # type: ignore[method-assign]
    app.add_exception_handler(PedalcastError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _client_gone)
    app.add_exception_handler(redis.RedisError, _redis_failed)
    app.add_exception_handler(Exception, _unexpected)


def _with_problems(schema: dict[str, Any], bodies: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    """FastAPI describes its own shape of a validation error: ours goes in its place."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    schemas["Problem"] = Problem.model_json_schema()
    for body in bodies:
        described = body.model_json_schema(by_alias=False, ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas[body.__name__] = described
    for path in schema["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = responses(422)[422]
    return schema


async def _domain(_: Request, error: Exception) -> Response:
    assert isinstance(error, PedalcastError)  # noqa: S101 (narrows the type that the registration guarantees)
    return problem(error.status, error.code, error.message, headers=error.headers, **error.extra)


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    places = [{"where": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
    summary = "; ".join(f"{place['where']}: {place['message']}" for place in places)
    return problem(422, "invalid_request", summary, errors=places)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == CLIENT_GONE:
        return await _client_gone(request, error)
    status = HTTPStatus(error.status_code)
    detail = str(error.detail)
    if detail == status.phrase:  # the router's own word for it
        detail = _PLAIN.get(status, detail).format(path=request.url.path, method=request.method)
    return problem(status, getattr(error, "code", status.name.lower()), detail, headers=error.headers)


async def _client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


async def _redis_failed(request: Request, error: Exception) -> Response:
    if not is_outage(error):
        log.error("redis refused a command", exc_info=error)
        return await _unexpected(request, error)
    log.warning("redis unavailable, request not served", error=type(error).__name__)
    return await _domain(
        request,
        UnavailableError("The live data store does not answer; please try again shortly.", "redis_unavailable"),
    )


def is_outage(error: Exception) -> bool:
    """Whether Redis cannot do what it is asked at present: away, loading, a replica, out of memory, disk full.

    What else it refuses is a fault of the command.
    """
    if not isinstance(error, redis.ResponseError):
        return isinstance(error, redis.RedisError)
    return isinstance(error, _OUTAGES) or str(error).startswith(_OUTAGE_CODES)


async def _unexpected(_: Request, __: Exception) -> Response:
    # The server logs the traceback; the caller learns nothing of our insides.
    return problem(500, "internal_error", "Something went wrong on our side.")
