"""The format of access tokens: JWT, HS256, fifteen minutes. A guest's has no end of its own: its session has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from pedalcast.accounts.errors import AccessTokenError

ACCESS_LIFE = timedelta(minutes=15)
ALGORITHM = "HS256"
ISSUER = "pedalcast"
ADMIN_VIEW = "admin-view"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a token says."""

    user_id: str
    session_id: str
    kind: str
    role: str


class AccessTokenCodec:
    """Writes and reads access tokens with one key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def encode(self, claims: AccessClaims, now: datetime) -> str:
        """The signed token."""
        payload: dict[str, object] = {
            "iss": ISSUER,
            "sub": claims.user_id,
            "sid": claims.session_id,
            "kind": claims.kind,
            "role": claims.role,
            "iat": int(now.timestamp()),
        }
        if claims.kind != "guest":
            payload["exp"] = int((now + ACCESS_LIFE).timestamp())
        return jwt.encode(payload, self._key, ALGORITHM)

    def decode(self, token: str, now: datetime) -> AccessClaims:
        """What the token says. Raises `AccessTokenError`."""
        try:
            payload = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                issuer=ISSUER,
                options={"require": ["sub", "sid", "iss"], "verify_exp": False, "verify_iat": False},
            )
            claims = AccessClaims(payload["sub"], str(payload["sid"]), str(payload["kind"]), str(payload["role"]))
            expires = payload.get("exp")
        except (jwt.PyJWTError, KeyError) as error:
            raise AccessTokenError from error
        if claims.kind != "guest" and (not isinstance(expires, int) or expires <= now.timestamp()):
            raise AccessTokenError("The token has expired.", "token_expired")
        return claims

    def seal(self, session_id: str) -> str:
        """What the cookie of the admin view holds: the sign-in it belongs to, signed, and good for nothing else."""
        return jwt.encode({"iss": ISSUER, "aud": ADMIN_VIEW, "sid": session_id}, self._key, ALGORITHM)

    def unseal(self, cookie: str) -> str | None:
        """The sign-in that a cookie of the admin view belongs to, None for anything else."""
        try:
            payload = jwt.decode(
                cookie, self._key, [ALGORITHM], issuer=ISSUER, audience=ADMIN_VIEW, options={"require": ["sid", "aud"]}
            )
        except jwt.PyJWTError:
            return None
        return str(payload["sid"])
