"""Whether the service can do its work: every part that matters says so for itself."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from pedalcast.kit.web.bounded_work import BoundedWork

Check = Callable[[], str | None]  # what is wrong, None where all is well; called from a thread, must not raise

router = APIRouter(tags=["operation"])


class Readiness:
    """The checks of an application, added by its domains when they start."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._advisory: set[str] = set()
        self.work = BoundedWork(at_once=2, waiting=64)

    def add(self, name: str, check: Check, *, advisory: bool = False) -> None:
        """Add a check. What an `advisory` one finds is reported, and requests are served all the same."""
        self._checks[name] = check
        if advisory:
            self._advisory.add(name)

    def ready(self, problems: dict[str, str | None]) -> bool:
        """Whether requests can be served in spite of these problems, by part."""
        return all(problem is None or name in self._advisory for name, problem in problems.items())

    def run(self) -> dict[str, str | None]:
        """What is wrong, by part; None where all is well."""
        return {name: check() for name, check in self._checks.items()}


class LivenessReport(BaseModel):
    """The process answers."""

    status: Literal["healthy"] = "healthy"
    app_name: str = Field(examples=["Pedalcast"])
    version: str = Field(examples=["0.1.0"])


class ReadinessReport(BaseModel):
    """Whether requests should be sent here, and what stands in the way."""

    ready: bool
    checks: dict[str, str] = Field(examples=[{"redis": "ok", "forecasts": "no forecast yet"}])


@router.get("/health", summary="The process is alive")
@router.get("/api/v1/health", summary="The process is alive")
async def health(request: Request) -> LivenessReport:
    """Says nothing of the parts behind it: `/ready` does."""
    return LivenessReport(app_name=request.app.title, version=version("pedalcast"))


@router.get("/ready", summary="The service can do its work", responses={503: {"model": ReadinessReport}})
async def ready(request: Request, response: Response) -> ReadinessReport:
    """Run every check, in threads that no other endpoint uses: a busy service still says whether it is ready."""
    readiness: Readiness = request.app.state.context.readiness
    problems = await readiness.work.run(readiness.run)
    if not readiness.ready(problems):
        response.status_code = 503
    checks = {name: problem or "ok" for name, problem in problems.items()}
    return ReadinessReport(ready=readiness.ready(problems), checks=checks)
