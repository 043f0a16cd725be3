"""Every table there is: importing this module fills the metadata that migrations are compared with."""

from __future__ import annotations

import pedalcast.accounts.models  # noqa: F401 (its tables)
from pedalcast.database.base_model import BaseModel

__all__ = ["BaseModel"]
