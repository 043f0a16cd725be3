"""The table of fault reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pedalcast.database.base_model import TABLE_OPTIONS, BaseModel, BigId, UtcDateTime

OPEN, IN_PROGRESS, CLOSED = "open", "in_progress", "closed"


class FaultReport(BaseModel):
    """What somebody reported of a station. It outlives its author, whose `user_id` goes."""

    __tablename__ = "fault_reports"
    __table_args__ = (Index("ix_fault_reports_state_id", "state", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("users.id", ondelete="SET NULL"), index=True)
    station_id: Mapped[str] = mapped_column(String(128), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(16), default=OPEN)
    answer: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
