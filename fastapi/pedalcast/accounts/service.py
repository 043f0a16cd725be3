"""Registering, signing in, and what one may do with one's own account."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from pedalcast.accounts.audit.repository import AuditRepository
from pedalcast.accounts.credentials.links import LinkService
from pedalcast.accounts.credentials.mail import Mail, Mailer, confirm_mail, known_address_mail, reset_mail
from pedalcast.accounts.credentials.naming import normal_email, username_key
from pedalcast.accounts.credentials.passwords import PasswordHasher, check_password
from pedalcast.accounts.errors import CredentialsError, UsernameTakenError
from pedalcast.accounts.metrics import AccountMetrics
from pedalcast.accounts.models import Consent, User, new_user_id
from pedalcast.accounts.repository import UserRepository
from pedalcast.accounts.schemas import LoginIn, ProfileIn, RegisterIn
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.accounts.sessions.service import Now, SessionService, SignedIn
from pedalcast.database.engine import Database
from pedalcast.kit.errors import NotFoundError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """What `AccountService` works with."""

    database: Database
    sessions: SessionService
    hasher: PasswordHasher
    links: LinkService
    mailer: Mailer
    metrics: AccountMetrics
    now: Now


class AccountService:
    """Accounts. What is answered, and how long it takes, does not depend on whether an address is known."""

    def __init__(self, account_parts: AccountParts) -> None:
        self._account = account_parts
        self._database = account_parts.database

    async def register(self, body: RegisterIn) -> Mail | None:
        """Open an account, unless the address has one; the mail to send. Raises `WeakPasswordError`,
        `UsernameTakenError`.
        """
        password, email = body.password.get_secret_value(), normal_email(body.email)
        check_password(password, email, body.username)
        password_hash = await self._account.hasher.hash(password)
        try:
            async with self._database.transaction() as session:
                return await self._register(session, body, email, password_hash)
        except IntegrityError:  # somebody else was first, between the look and the writing
            return None

    async def _register(self, session: AsyncSession, body: RegisterIn, email: str, password_hash: str) -> Mail | None:
        users, key = UserRepository(session), username_key(body.username) if body.username else None
        if key is not None and await users.by_username(key):
            raise UsernameTakenError
        if await users.by_email(email):
            return known_address_mail(email)
        user = User(
            id=new_user_id(),
            kind="member",
            role="member",
            email=email,
            username=body.username,
            username_key=key,
            password_hash=password_hash,
            language=body.language,
            preferences={},
            created_at=self._account.now(),
        )
        await users.add(user)
        if body.consent is not None:
            given = body.consent
            session.add(Consent(user_id=user.id, version=given.version, text=given.text, given_at=self._account.now()))
        log.info("account created", user_id=user.id)
        return confirm_mail(email, await self._account.links.create(session, user, "confirm"))

    async def log_in(self, body: LoginIn) -> SignedIn:
        """Sign in by address or name. Raises `CredentialsError`, whatever is wrong."""
        async with self._database.reading() as session:
            user = await _named(UserRepository(session), body)
        matches = await self._account.hasher.verify(
            body.password.get_secret_value(), user.password_hash if user is not None else None
        )
        if user is None or not matches or not user.is_active or not self._is_confirmed(user):
            self._account.metrics.sign_ins.labels("refused").inc()
            raise CredentialsError
        self._account.metrics.sign_ins.labels("signed_in").inc()
        return await self._account.sessions.open(user)

    def _is_confirmed(self, user: User) -> bool:
        return user.email_confirmed_at is not None or not self._account.mailer.is_on

    async def profile(self, user_id: str) -> User:
        """The account. Raises `NotFoundError`."""
        async with self._database.reading() as session:
            user = await UserRepository(session).get(user_id)
        if user is None:
            raise NotFoundError("There is no such account.", "account_not_found")
        return user

    async def change_profile(self, caller: Caller, body: ProfileIn) -> User:
        """Change name or language. Raises `UsernameTakenError`."""
        try:
            async with self._database.transaction() as session:
                user = await _present(session, caller.user_id)
                if body.username is not None:
                    user.username, user.username_key = body.username, username_key(body.username)
                user.language = body.language or user.language
        except IntegrityError:
            raise UsernameTakenError from None
        return user

    async def change_password(self, caller: Caller, old: str, new: str) -> None:
        """Use another password; every other sign-in ends. Raises `CredentialsError`, `WeakPasswordError`."""
        await self.check_owner(caller.user_id, old)
        user = await self.profile(caller.user_id)
        check_password(new, user.email, user.username)
        await self._set_password(user.id, new)
        await self._account.sessions.close_all(user.id, "password", but=caller.session_id)

    async def check_owner(self, user_id: str, password: str) -> None:
        """Raises `CredentialsError` unless it is the account's password."""
        user = await self.profile(user_id)
        if not await self._account.hasher.verify(password, user.password_hash):
            raise CredentialsError

    async def forgot(self, email: str) -> None:
        """Mail a link to an address that has an account. Run after the answer, so that nobody can time it."""
        async with self._database.transaction() as session:
            user = await UserRepository(session).by_email(normal_email(email))
            if user is None or not user.is_active:
                return
            link = await self._account.links.create(session, user, "reset")
        if user.email is not None:
            await self._account.mailer.send(reset_mail(user.email, link))

    async def reset(self, token: str, password: str) -> None:
        """Use a new password by a link; every sign-in ends. Raises `LinkError`, `WeakPasswordError`."""
        check_password(password)
        async with self._database.transaction() as session:
            user = await self._account.links.use(session, token, "reset")
            check_password(password, user.email, user.username)
            user.email_confirmed_at = user.email_confirmed_at or self._account.now()  # who has the mail has the address
            await AuditRepository(session).record(user.id, "account.reset-password", user.id)
        await self._set_password(user.id, password)
        await self._account.sessions.close_all(user.id, "password")

    async def confirm(self, token: str) -> None:
        """Confirm an address by a link. Raises `LinkError`."""
        async with self._database.transaction() as session:
            user = await self._account.links.use(session, token, "confirm")
            user.email_confirmed_at = self._account.now()

    async def log_in_by_link(self, token: str) -> SignedIn:
        """Sign in by a link that an admin or the embedded run made. Raises `LinkError`."""
        async with self._database.transaction() as session:
            user = await self._account.links.use(session, token, "login")
        return await self._account.sessions.open(user)

    async def send(self, mail: Mail) -> None:
        """Send a mail that `register` gave."""
        await self._account.mailer.send(mail)

    async def _set_password(self, user_id: str, password: str) -> None:
        password_hash = await self._account.hasher.hash(password)
        async with self._database.transaction() as session:
            user = await _present(session, user_id)
            user.password_hash = password_hash


async def _named(users: UserRepository, body: LoginIn) -> User | None:
    """The account, by address or by name; `username` may hold an address too."""
    if body.email:
        return await users.by_email(normal_email(body.email))
    name = body.username or ""
    return await (users.by_email(normal_email(name)) if "@" in name else users.by_username(username_key(name)))


async def _present(session: AsyncSession, user_id: str) -> User:
    user = await session.get(User, user_id)
    if user is None:
        raise NotFoundError("There is no such account.", "account_not_found")
    return user
