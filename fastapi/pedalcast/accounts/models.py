"""Tables of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, Json, LongText, UtcDateTime

HASH_LENGTH = 64  # SHA-256 as hexadecimal digits


def new_user_id() -> str:
    """An id that cannot be guessed and tells nothing."""
    return uuid4().hex


def _owner(*, primary_key: bool = False) -> Mapped[str]:
    return mapped_column(String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=primary_key)


class User(BaseModel):
    """A person with an account, or a guest (whose `expires_at` is set)."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_user_id)
    kind: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(8), default="member")
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    username: Mapped[str | None] = mapped_column(String(32))
    username_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(8))
    preferences: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    banned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleting_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.banned_at is None and self.deleting_at is None


class LinkedIdentity(BaseModel):
    """An account at another provider that signs this one in."""

    __tablename__ = "linked_identities"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = _owner()
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginSession(BaseModel):
    """One sign-in: the family of its refresh tokens."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("ix_login_sessions_user_id_expires_at", "user_id", "expires_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = _owner()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_because: Mapped[str | None] = mapped_column(String(32))


class RefreshToken(BaseModel):
    """A refresh token by its hash. Used once; used again, its whole session is revoked."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("login_sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SingleUseLink(BaseModel):
    """A link by its hash: `purpose` is confirm, reset or login."""

    __tablename__ = "single_use_links"

    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    user_id: Mapped[str] = _owner()
    purpose: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(BaseModel):
    """A program's token by its hash; `prefix` is what its owner recognises it by."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _owner()
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(BaseModel):
    """What a person agreed to, word for word."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _owner()
    version: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(LongText)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Favourite(BaseModel):
    """A station somebody marked."""

    __tablename__ = "favourites"

    user_id: Mapped[str] = _owner(primary_key=True)
    station_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    label: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertRule(BaseModel):
    """When to tell somebody about a station or a neighbourhood: `kind` (bikes or docks) falls to `threshold` in
    `minutes`.

    The stations are `station_id`, `station_ids`, or those of `area` (`lat`, `lon`, `radius` in metres). `weekdays`
    (1 to 7) and `from_time`, `until_time` ("07:30") are the city's. `alerted_at` is set while a warning stands.
    """

    __tablename__ = "alert_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = _owner()
    station_id: Mapped[str | None] = mapped_column(String(128))
    station_ids: Mapped[list[str] | None] = mapped_column(Json)
    area: Mapped[dict[str, float] | None] = mapped_column(Json)
    kind: Mapped[str] = mapped_column(String(8))
    threshold: Mapped[int]
    minutes: Mapped[int]
    weekdays: Mapped[list[int] | None] = mapped_column(Json)
    from_time: Mapped[str | None] = mapped_column(String(5))
    until_time: Mapped[str | None] = mapped_column(String(5))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    alerted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Team(BaseModel):
    """People who share what belongs to the team."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TeamMember(BaseModel):
    """Somebody's place in a team."""

    __tablename__ = "team_members"
    __table_args__ = (UniqueConstraint("user_id", "team_id"), TABLE_OPTIONS)

    team_id: Mapped[int] = mapped_column(BigId, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = _owner(primary_key=True)
    role: Mapped[str] = mapped_column(String(8))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(BaseModel):
    """Who did what when. It outlives the account: `actor_id` is no foreign key."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_action_at", "action", "at"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[str | None] = mapped_column(String(32), index=True)
    action: Mapped[str] = mapped_column(String(48))
    target: Mapped[str | None] = mapped_column(String(255))
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Deletion(BaseModel):
    """An account that is being deleted; `steps` are those done, so that an interrupted deletion goes on."""

    __tablename__ = "deletions"

    user_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list[str]] = mapped_column(Json, default=list)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
