"""Which versions cannot serve on the schema any more."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel


class SchemaFloor(BaseModel):
    """A migration that took something away: a version that does not know this revision cannot serve.

    Such migrations add their own row. What only adds has none, so the version before goes on and can be gone back to.
    """

    __tablename__ = "schema_floors"
    __table_args__ = (TABLE_OPTIONS | {"info": {"rebuilt": True}},)  # migrations write it, not people

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
