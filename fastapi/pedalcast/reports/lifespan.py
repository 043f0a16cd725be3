"""Builds fault reports."""

from __future__ import annotations

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.lifespan import now
from pedalcast.notifications.service import NotificationService
from pedalcast.reports.report_data import FaultReportData
from pedalcast.reports.service import FaultReportService, StationExists


def build(accounts: Accounts, notifications: NotificationService, station_exists: StationExists) -> FaultReportService:
    """The service; what it keeps of a person is exported, and leaves them when the account is deleted."""
    accounts.ownership.add(FaultReportData())
    return FaultReportService(accounts.database, notifications, station_exists, now)
