"""Every table there is: importing this module fills the metadata that migrations are compared with."""

from __future__ import annotations

import pedalcast.accounts.models
import pedalcast.board.models
import pedalcast.bots.models
import pedalcast.chats.models
import pedalcast.database.schema_floor
import pedalcast.documents.models
import pedalcast.notices.models
import pedalcast.notifications.models
import pedalcast.rag.storage.chunk_tables
import pedalcast.reports.models  # noqa: F401 (their tables)
from pedalcast.database.base_model import BaseModel

__all__ = ["BaseModel"]
