"""`/api/v1/admin/…`: accounts and the audit log, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pedalcast.accounts.audit.schemas import AuditEntryOut, AuditLogOut, ListedUser, UserChangeIn, UsersOut
from pedalcast.accounts.dependencies import AccountsDep, AdminDep
from pedalcast.accounts.schemas import MeOut, UserOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=responses(401, 403))


@router.get("/audit", summary="Who did what when")
async def read_audit_log(
    accounts: AccountsDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int | None, Query(ge=1, description="the id of an entry: those older than it")] = None,
) -> AuditLogOut:
    """The newest first."""
    entries = await accounts.admin.audit_log(limit, before)
    return AuditLogOut(data=[AuditEntryOut.model_validate(entry) for entry in entries])


@router.get("/users", summary="The accounts")
async def list_users(
    accounts: AccountsDep,
    admin: AdminDep,  # noqa: ARG001 (asked for so that nobody else gets here)
    q: Annotated[str | None, Query(max_length=254, description="part of an address or a name")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> UsersOut:
    """The newest first, without guests."""
    users, total = await accounts.admin.users(q, limit, offset)
    return UsersOut(data=[ListedUser.of(user) for user in users], total=total)


@router.patch("/users/{user_id}", summary="Give a role, ban or unban", responses=responses(404, 409))
async def change_user(accounts: AccountsDep, admin: AdminDep, user_id: str, body: UserChangeIn) -> MeOut:
    """The user is signed out everywhere, at once."""
    user = await accounts.admin.change(admin, user_id, role=body.role, banned=body.banned)
    return MeOut(user=UserOut.of(user))
