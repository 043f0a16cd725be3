"""Errors of accounts. Their sentences tell nobody whether an address is registered."""

from __future__ import annotations

from pedalcast.kit.errors import ConflictError, PedalcastError, UnauthorizedError


class AccountCommandError(ValueError):
    """A command about accounts cannot be done; the message is one line."""


class CredentialsError(UnauthorizedError):
    """No account with this name and password that may be used."""

    def __init__(self) -> None:
        super().__init__(
            "The address or the password is wrong, or the address is not confirmed yet.", "invalid_credentials"
        )


class AccessTokenError(UnauthorizedError):
    """The bearer token is not ours, has expired, or its session has ended."""

    def __init__(self, message: str = "The token is not valid.", code: str = "token_invalid") -> None:
        super().__init__(message, code)


class SessionExpiredError(UnauthorizedError):
    """The session ended, or a guest was away for too long."""

    def __init__(self) -> None:
        super().__init__("The session has expired; please begin a new one.", "session_expired")


class RefreshTokenError(UnauthorizedError):
    """The refresh token is unknown, expired, revoked, or was used before."""

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid; please sign in again.", "refresh_invalid")


class CrossSiteError(PedalcastError):
    """A request that carries a cookie comes from another site, or without its CSRF token."""

    def __init__(self) -> None:
        super().__init__(403, "csrf_failed", "The CSRF token is missing or wrong.")


class UsernameTakenError(ConflictError):
    """Somebody has this name; names are public."""

    def __init__(self) -> None:
        super().__init__("This username is taken.", "username_taken")


class LinkError(PedalcastError):
    """The single-use link is unknown, used or too old."""

    def __init__(self) -> None:
        super().__init__(400, "link_invalid", "The link is not valid any more; please ask for a new one.")


class WeakPasswordError(PedalcastError):
    """The password is too easy to guess."""

    def __init__(self) -> None:
        super().__init__(
            422, "weak_password", "The password needs 10 characters, 5 of them different, and must not be the address."
        )


class TooManyRequestsError(PedalcastError):
    """The caller asks more often than allowed; `retry_after` is in seconds."""

    def __init__(self, retry_after: int, limit: int) -> None:
        super().__init__(
            429,
            "rate_limited",
            f"Too many requests; please try again in {retry_after} s.",
            headers={
                "Retry-After": str(retry_after),
                "RateLimit-Limit": str(limit),
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(retry_after),
            },
        )
