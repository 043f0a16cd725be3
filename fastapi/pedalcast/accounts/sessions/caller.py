"""Who a request comes from."""

from __future__ import annotations

from dataclasses import dataclass

from pedalcast.kit.errors import ForbiddenError

SCOPES = frozenset({"account", "chat", "board", "documents", "admin"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a program. `scopes` are a program's, None for a person, who may do all that is theirs."""

    user_id: str
    kind: str
    role: str
    session_id: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def is_guest(self) -> bool:
        """Whether there is no account yet."""
        return self.kind == "guest"

    @property
    def is_admin(self) -> bool:
        """Whether everything may be read and changed."""
        return self.role == "admin" and (self.scopes is None or "admin" in self.scopes)

    def require_scope(self, scope: str) -> None:
        """Raises `ForbiddenError` for a program whose token lacks the scope."""
        if self.scopes is not None and scope not in self.scopes:
            raise ForbiddenError(f"The token lacks the scope {scope}.", "scope_missing")


OPERATOR_ID = "operator"
OPERATOR = Caller(OPERATOR_ID, "member", "admin", None, frozenset({"admin"}))
