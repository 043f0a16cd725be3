"""The settings of accounts, chats and the board; `Settings` takes them in."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Literal
from urllib.parse import urlsplit

from limits import parse
from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

_HERE = ("localhost", "127.0.0.1", "::1")
_DATABASE = re.compile(r"(sqlite|postgres(ql)?|mysql|mariadb)(\+\w+)?://")


class PeopleSettings(BaseSettings):
    """Where people's things are kept, and how people sign in."""

    # Database
    database_url: SecretStr | None = Field(
        None, description="sqlite://, postgresql://, mysql:// or mariadb:// address; without it a file in DATA_DIR"
    )
    database_engine: Literal["postgresql", "mysql"] | None = Field(
        None, description="kind of the database named by its parts; without it port 3306 is MySQL's"
    )
    database_host: str | None = Field(
        None,
        validation_alias=AliasChoices("database_host", "db_host"),
        description="the database's host, where DATABASE_URL is not set (`DB_HOST` and so on are read too)",
    )
    database_port: int | None = Field(
        None, validation_alias=AliasChoices("database_port", "db_port"), description="the database's port"
    )
    database_name: str = Field(
        "pedalcast", validation_alias=AliasChoices("database_name", "db_name"), description="the database's name"
    )
    database_user: str | None = Field(
        None, validation_alias=AliasChoices("database_user", "db_user"), description="the database's user"
    )
    database_password: SecretStr | None = Field(
        None, validation_alias=AliasChoices("database_password", "db_password"), description="its password"
    )
    database_migrate: bool = Field(
        default=True, description="bring the schema up to date at start; off, an older schema refuses to start"
    )

    # Accounts
    jwt_secret_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("jwt_secret_key", "session_jwt_secret"),
        description="key that signs access tokens, 32 characters; made by the embedded run (`SESSION_JWT_SECRET`)",
    )
    public_url: str | None = Field(None, description="address people reach the service at, for links in mails")
    smtp_url: SecretStr | None = Field(
        None, description="smtp:// or smtps:// address that sends mails; without it an admin makes the links"
    )
    mail_from: str = Field("pedalcast@localhost", description="sender of the mails")
    google_client_id: str | None = Field(None, description="client id of sign-in with Google")
    google_client_secret: SecretStr | None = Field(None, description="client secret of sign-in with Google")
    google_issuer: str = Field("https://accounts.google.com", description="OpenID issuer of sign-in with Google")
    guest_minutes: int = Field(60, ge=1, description="minutes without activity after which a guest's session ends")
    chat_retention: timedelta = Field(
        timedelta(days=365),
        ge=timedelta(0),
        description="how long unused chats and the search log are kept; PT0S: always",
    )
    runpod_rag_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("runpod_rag_url", "runpod_chatbot_url"),
        description="another RAG server that answers kept chats by the contract of POST /api/v1/chat; https, which is "
        "added where it is missing (`RUNPOD_CHATBOT_URL`)",
    )
    runpod_api_key: SecretStr | None = Field(None, description="its key, sent as bearer token")
    runpod_timeout: timedelta = Field(
        timedelta(seconds=60),
        ge=timedelta(seconds=5),
        le=timedelta(seconds=120),
        description="how long it may take to answer",
    )
    rag_server_key: SecretStr | None = Field(
        None,
        description="key that programs show to POST /api/v1/chat and the widget here; without it everybody may ask",
    )
    cors_origins: str = Field("", description="origins, by commas, whose pages may call the API; public GETs: all")
    trusted_proxies: str = Field("", description="networks, by commas, whose X-Forwarded-For names the caller")

    # Rate limits: by user, else by address
    rate_limits: bool = Field(default=True, description="limit how often a user or an address may ask")
    rate_limit: str = Field("1200/minute", description="requests in all")
    rate_limit_login: str = Field("20/minute", description="registering and signing in")
    rate_limit_reset: str = Field("10/hour", description="links for a forgotten password")
    rate_limit_chat: str = Field("60/minute", description="questions")
    rate_limit_widget: str = Field("20/minute", description="questions of an address to bots on other sites' pages")
    rate_limit_upload: str = Field("60/hour", description="uploaded documents")

    @field_validator("runpod_rag_url")
    @classmethod
    def _a_rag_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value().strip()
        url = urlsplit(text if "://" in text else f"https://{text}")
        if (
            not url.hostname
            or url.scheme not in ("http", "https")
            or (url.scheme == "http" and url.hostname not in _HERE)
        ):
            raise ValueError("it must be an https:// address (http:// on this machine only)")
        return SecretStr(url.geturl().rstrip("/"))

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _DATABASE.match(value.get_secret_value()):  # the rest is checked when it is opened
            raise ValueError("it must be a sqlite://, postgresql://, mysql:// or mariadb:// address")
        return value

    @field_validator(
        "rate_limit",
        "rate_limit_login",
        "rate_limit_reset",
        "rate_limit_chat",
        "rate_limit_widget",
        "rate_limit_upload",
    )
    @classmethod
    def _a_rate(cls, value: str) -> str:
        try:
            parse(value)
        except ValueError:
            raise ValueError("it must be a count and a time, such as 20/minute") from None
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for network in filter(None, (part.strip() for part in value.split(","))):
            ip_network(network)
        return value
