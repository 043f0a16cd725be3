"""News of the champion, told to every replica over Redis' pub/sub."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
import redis
import structlog

CHANNEL = "models:champion"  # what `ChampionChange` says, as JSON
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChampionChange:
    """The champion has changed: from which version to which, why, and whether the guard has done it."""

    version: str
    before: str
    reason: str
    rollback: bool = False

    def tell(self, client: redis.Redis) -> None:
        """Tell every replica. They look at the alias from time to time anyway, so that no news is lost for long."""
        try:
            client.publish(CHANNEL, orjson.dumps(self))
        except redis.RedisError as error:
            log.warning("other replicas not told", version=self.version, reason=str(error))
