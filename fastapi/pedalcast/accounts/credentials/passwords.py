"""Passwords by argon2 in threads of their own, and random tokens by SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash

from pedalcast.accounts.errors import WeakPasswordError

MIN_LENGTH = 10
MIN_DIFFERENT = 5
HASH_THREADS = 2  # each takes 64 MiB while it works


class PasswordHasher:
    """Hash and check passwords off the event loop."""

    def __init__(self) -> None:
        self._argon2 = PasswordHash.recommended()
        self._threads = ThreadPoolExecutor(HASH_THREADS, thread_name_prefix="argon2")
        self._nobody = self._argon2.hash(secrets.token_urlsafe(16))

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._argon2.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether it is the password. Without a hash it takes as long and is false."""
        loop = asyncio.get_running_loop()
        matches = await loop.run_in_executor(self._threads, self._argon2.verify, password, stored or self._nobody)
        return matches and stored is not None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def check_password(password: str, *others: str | None) -> None:
    """Raise `WeakPasswordError` for a short or monotonous password, or one that equals one of `others`."""
    lowered = password.casefold()
    if (
        len(password) < MIN_LENGTH
        or len(set(password)) < MIN_DIFFERENT
        or any(other and lowered == other.casefold() for other in others)
    ):
        raise WeakPasswordError


def new_token(prefix: str = "") -> str:
    """A token of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a random token, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
