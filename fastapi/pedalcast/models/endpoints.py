"""`/ai`: which model forecasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from pedalcast.accounts.audit.audit_note import AuditNote, AuditNoteDep
from pedalcast.kit.dependencies import AdminOnly, AdminRoute
from pedalcast.kit.errors import responses
from pedalcast.models.dependencies import ModelServicesDep
from pedalcast.models.model_loader import ModelSwap
from pedalcast.models.schemas import VERSION, ChangeReason, ModelList, ModelScores, ReloadResult

router = APIRouter(prefix="/ai", tags=["models"], dependencies=[AdminOnly], route_class=AdminRoute)

Name = Annotated[
    str, Path(description="a version's id, `champion` or `challenger`", examples=[VERSION], max_length=128)
]


@router.post("/reload-model", summary="Use the champion", responses=responses(401, 403, 404, 409, 503))
def reload_model(models: ModelServicesDep, note: AuditNoteDep) -> ReloadResult:
    """Load the champion, check its files and features, let it forecast once as a trial, then swap it in, here and in
    every replica. When any of that fails, what serves now goes on serving."""
    return _reloaded(models.service.reload(), note, "model.reload")


@router.get("/models", summary="All model versions", responses=responses(401, 403, 503))
def list_models(models: ModelServicesDep, newest: Annotated[int, Query(ge=1, le=200)] = 20) -> ModelList:
    """The newest versions with their scores, what the champion and the challenger are, and what serves here."""
    return models.service.everything(newest)


@router.post("/models/rollback", summary="Back to the champion before", responses=responses(401, 403, 409, 503))
def roll_back(models: ModelServicesDep, note: AuditNoteDep, why: ChangeReason | None = None) -> ReloadResult:
    """Make the champion before this one champion again, and use it."""
    swapped = models.service.rollback(_reason(why, "rolled back by hand"))
    return _reloaded(swapped, note, "model.rollback")


@router.post(
    "/models/{version}/promote", summary="Make a version the champion", responses=responses(401, 403, 404, 409, 503)
)
def promote(
    models: ModelServicesDep, note: AuditNoteDep, version: Name, why: ChangeReason | None = None
) -> ReloadResult:
    """Make a version the champion, after a trial, and use it."""
    swapped = models.service.promote(version, _reason(why, "promoted by hand"))
    return _reloaded(swapped, note, "model.promote")


@router.get("/models/{version}/scores", summary="How well a version forecasts", responses=responses(401, 403, 404, 503))
def read_scores(
    models: ModelServicesDep, version: Name, hours: Annotated[float, Query(gt=0, le=24 * 31)] = 24.0
) -> ModelScores:
    """Its forecasts of the last hours against what came true, beside persistence's, and the scores of its backtest."""
    return models.service.scores(version, hours)


@router.get(
    "/models/{version}/card",
    summary="A version's card",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {}}}, **responses(401, 403, 404, 503)},
)
def read_card(models: ModelServicesDep, version: Name) -> Response:
    """What it was trained on, how it was judged, and its known weaknesses, as Markdown."""
    return Response(models.service.card(version), media_type="text/markdown; charset=utf-8")


def _reason(why: ChangeReason | None, default: str) -> str:
    return (why.reason if why else None) or default


def _reloaded(swapped: ModelSwap, note: AuditNote, action: str) -> ReloadResult:
    note(action, swapped.version, before=swapped.before, reason=swapped.reason)
    return ReloadResult(version=swapped.version, before=swapped.before, at=swapped.at, reason=swapped.reason)
