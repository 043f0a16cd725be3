"""The services of accounts, built once and shared."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import redis.asyncio
from sqlalchemy.exc import DBAPIError

from pedalcast.accounts.api_tokens.service import PREFIX, ApiTokenService
from pedalcast.accounts.audit.service import AdminService
from pedalcast.accounts.credentials.links import LinkService
from pedalcast.accounts.credentials.mail import Mailer
from pedalcast.accounts.credentials.passwords import PasswordHasher
from pedalcast.accounts.favourites.service import FavouriteService
from pedalcast.accounts.google.service import GoogleService
from pedalcast.accounts.guests.service import GuestService
from pedalcast.accounts.metrics import AccountMetrics
from pedalcast.accounts.ownership.expiry import ExpiryService
from pedalcast.accounts.ownership.service import OwnershipService
from pedalcast.accounts.service import AccountService
from pedalcast.accounts.sessions.caller import OPERATOR, Caller
from pedalcast.accounts.sessions.service import SessionService
from pedalcast.accounts.teams.service import TeamService
from pedalcast.database.engine import Database
from pedalcast.database.errors import DatabaseUnavailableError
from pedalcast.kit.errors import ForbiddenError, UnauthorizedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Everything endpoints need of accounts. `allowed_origins` may send the browser's cookie."""

    database: Database
    redis: redis.asyncio.Redis
    account: AccountService
    metrics: AccountMetrics
    sessions: SessionService
    guests: GuestService
    api_tokens: ApiTokenService
    teams: TeamService
    favourites: FavouriteService
    google: GoogleService
    ownership: OwnershipService
    expiry: ExpiryService
    admin: AdminService
    links: LinkService
    hasher: PasswordHasher
    mailer: Mailer
    public_url: str | None
    allowed_origins: frozenset[str]
    admin_token: str | None

    async def identify(self, token: str) -> Caller:
        """Who holds this token, a person's or a program's. Raises `AccessTokenError`, `SessionExpiredError`."""
        if token.startswith(PREFIX) or token == self.admin_token:
            return await self.api_tokens.identify(token)
        return await self.sessions.identify(token)

    async def identify_admin(self, token: str) -> Caller:
        """The admin who holds this token, or whose program does; the holder of `ADMIN_TOKEN` is the operator.

        Raises `ForbiddenError` for any other. `ADMIN_TOKEN` is good while the database is away, too.
        """
        try:
            caller = await self.identify(token)
        except (DatabaseUnavailableError, DBAPIError):
            if self.admin_token is None or not secrets.compare_digest(token.encode(), self.admin_token.encode()):
                raise
            return OPERATOR
        except UnauthorizedError:
            raise ForbiddenError("The admin token is wrong.") from None
        if not caller.is_admin:
            raise ForbiddenError("This needs an admin.", "admin_needed")
        return caller

    async def admit(self, token: str) -> str:
        """The id of the admin who holds this token: what routes for admins ask (`kit.dependencies.AdminGate`)."""
        return (await self.identify_admin(token)).user_id
