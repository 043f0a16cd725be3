"""What the endpoints of accounts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, EmailStr, Field, JsonValue, SecretStr, StringConstraints, model_validator

from pedalcast.accounts.models import User

Username = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=32, pattern=r"^[\w.-]+$")]
Email = Annotated[EmailStr, Field(max_length=254)]
Password = Annotated[SecretStr, Field(max_length=256)]
Token = Annotated[SecretStr, Field(min_length=8, max_length=512)]


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": example})


class Success(BaseModel):
    """It is done. `message` is for people."""

    success: Literal[True] = True
    message: str


class ConsentIn(BaseModel):
    """What was agreed to, word for word."""

    model_config = _example(version="2026-11", text="I agree that …")

    version: str = Field(min_length=1, max_length=32)
    text: str = Field(min_length=1, max_length=20_000)


class RegisterIn(BaseModel):
    """A new account."""

    model_config = _example(email="rider@example.org", password="three wheels are one too many", username="rider")

    email: Email
    password: Password
    username: Username | None = None
    language: Literal["ko", "en"] | None = None
    consent: ConsentIn | None = None


class LoginIn(BaseModel):
    """Who signs in: by address or by name."""

    model_config = _example(email="rider@example.org", password="three wheels are one too many")

    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    username: Annotated[str, StringConstraints(max_length=254)] | None = None
    password: Password
    guest_token: Token | None = Field(None, description="a guest's token: what the guest kept moves to the account")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.email or self.username):
            raise ValueError("email or username is needed")
        return self


class RefreshIn(BaseModel):
    """The refresh token of a program; a browser sends its cookie instead. `refresh_token` is accepted too."""

    model_config = _example(refresh="a-refresh-token")

    refresh: Token | None = None
    refresh_token: Token | None = None

    @property
    def token(self) -> str | None:
        """The token, by either name."""
        secret = self.refresh or self.refresh_token
        return secret.get_secret_value() if secret else None


class ChangePasswordIn(BaseModel):
    """The password in use, and the one to use from now on."""

    model_config = _example(old_password="three wheels are one too many", new_password="two wheels are just right")

    old_password: Password
    new_password: Password


class ForgotIn(BaseModel):
    """Whose password is forgotten."""

    model_config = _example(email="rider@example.org")

    email: Email


class ResetIn(BaseModel):
    """The token of the link, and the password to use from now on."""

    model_config = _example(token="the-token-of-the-link", new_password="two wheels are just right")

    token: Token
    new_password: Password


class ConfirmIn(BaseModel):
    """The token of the link."""

    model_config = _example(token="the-token-of-the-link")

    token: Token


class DeleteIn(BaseModel):
    """The password, where the account has one."""

    model_config = _example(password="three wheels are one too many")

    password: Password | None = None


class ProfileIn(BaseModel):
    """What to change of the account."""

    model_config = _example(language="ko")

    username: Username | None = None
    language: Literal["ko", "en"] | None = None


class UserOut(BaseModel):
    """An account as its owner sees it."""

    id: str
    kind: Literal["member", "guest"]
    role: Literal["member", "admin"]
    email: str | None
    email_confirmed: bool
    username: str | None
    language: str | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        """From the row."""
        return cls(
            id=user.id,
            kind="guest" if user.kind == "guest" else "member",
            role="admin" if user.role == "admin" else "member",
            email=user.email,
            email_confirmed=user.email_confirmed_at is not None,
            username=user.username,
            language=user.language,
            created_at=user.created_at,
        )


class TokensOut(BaseModel):
    """A sign-in. `refresh` is null for a browser, which has it as a cookie that no script can read."""

    success: Literal[True] = True
    access: str
    access_token: str
    refresh: str | None
    refresh_token: str | None
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 (a kind, no secret)
    expires_in: int = Field(description="seconds that the access token is good for")
    user: UserOut


class MeOut(BaseModel):
    """Who is asking."""

    success: Literal[True] = True
    user: UserOut
