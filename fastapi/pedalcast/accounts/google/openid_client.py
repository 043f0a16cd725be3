"""Talks to an OpenID provider: discovery, the address to send people to, and the identity that comes back."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import httpx
import jwt

from pedalcast.kit.errors import UnauthorizedError, UnavailableError

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

TIMEOUT_S = 10.0
LEEWAY_S = 60


class OpenIdError(UnauthorizedError):
    """The provider did not vouch for anybody."""

    def __init__(self) -> None:
        super().__init__("The sign-in did not succeed; please try again.", "openid_failed")


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """What must be remembered between sending somebody away and their coming back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class OpenIdIdentity:
    """Who the provider says it is."""

    subject: str
    email: str | None
    email_verified: bool


class OpenIdClient:
    """One provider, as one registered client."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret

    async def begin(self, redirect_uri: str) -> tuple[str, PendingSignIn]:
        """The address to send somebody to, and what to remember. Raises `UnavailableError`."""
        about = await self._discover()
        pending = PendingSignIn(token_urlsafe(32), token_urlsafe(32), token_urlsafe(64), redirect_uri)
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"],
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return str(url), pending

    async def finish(self, pending: PendingSignIn, code: str) -> OpenIdIdentity:
        """Exchange the code. Raises `OpenIdError`, `UnavailableError`."""
        from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 (slow to import)

        about = await self._discover()
        try:
            async with self._client(pending.redirect_uri) as client:
                token = await client.fetch_token(
                    about["token_endpoint"], code=code, code_verifier=pending.verifier, grant_type="authorization_code"
                )
                keys = jwt.PyJWKSet.from_dict(await _get(client, about["jwks_uri"]))
            claims = self._claims(str(token["id_token"]), keys, str(about["issuer"]))
        except httpx.HTTPError as error:
            raise UnavailableError("The sign-in provider does not answer.", "openid_unavailable") from error
        except (OAuthError, jwt.PyJWTError, KeyError, ValueError) as error:
            raise OpenIdError from error
        if claims.get("nonce") != pending.nonce:
            raise OpenIdError
        return OpenIdIdentity(str(claims["sub"]), claims.get("email"), claims.get("email_verified") is True)

    def _claims(self, id_token: str, keys: jwt.PyJWKSet, issuer: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(id_token)
        key = next(key for key in keys.keys if header.get("kid") in (None, key.key_id))
        return jwt.decode(
            id_token,
            key,
            ["RS256", "ES256"],
            audience=self._client_id,
            issuer=issuer,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )

    async def _discover(self) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                return await _get(client, f"{self._issuer}/.well-known/openid-configuration")
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError("The sign-in provider does not answer.", "openid_unavailable") from error

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415 (slow to import)

        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            scope="openid email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )


async def _get(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    response = await client.get(url)
    response.raise_for_status()
    body = response.json()
    if not isinstance(body, dict):
        raise ValueError("not an object")  # noqa: TRY004 (a value of the provider's, not a type of ours)
    return body
