"""The admin view at `/admin/`: sqladmin over our tables, behind the accounts' admin role."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqladmin import Admin, BaseView, expose
from sqladmin.authentication import login_required
from sqlalchemy.ext.asyncio import async_sessionmaker
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from pedalcast.accounts.account_services import Accounts
from pedalcast.accounts.sessions.cookies import ADMIN_PATH
from pedalcast.admin.admin_sign_in import AdminSignIn
from pedalcast.admin.editable_views import EDITABLE_VIEWS
from pedalcast.admin.read_only_views import READ_ONLY_VIEWS
from pedalcast.board.service import BoardService
from pedalcast.notices.service import NoticeService
from pedalcast.reports.service import FaultReportService

HERE = Path(__file__).parent
NewestJobs = Callable[[], Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminServices:
    """The services that the admin view changes things by; `newest_jobs` lists trainings."""

    accounts: Accounts
    board: BoardService
    notices: NoticeService
    reports: FaultReportService
    newest_jobs: NewestJobs


class AdminPages(Admin):
    """sqladmin with our services, and a script of our own that repeats the CSRF token."""

    def __init__(self, app: FastAPI, services: AdminServices) -> None:
        self.services = services
        database = services.accounts.database
        super().__init__(
            app,
            session_maker=async_sessionmaker(database.engine, expire_on_commit=False),
            base_url=ADMIN_PATH,
            title="Pedalcast",
            templates_dir=str(HERE / "templates"),
            authentication_backend=AdminSignIn(services.accounts),
        )
        self.admin.router.routes.insert(0, Mount("/own", app=StaticFiles(directory=HERE / "static"), name="own"))
        for view in (*EDITABLE_VIEWS, *READ_ONLY_VIEWS):
            self.add_model_view(view)
        self.add_base_view(JobsView)


class JobsView(BaseView):
    """Trainings, which lie in Redis."""

    name, identity = "Jobs", "jobs"

    @expose("/jobs", methods=["GET"], identity="jobs")
    @login_required
    async def show(self, request: Request) -> Response:
        """The newest jobs."""
        services: AdminServices = self._admin_ref.services  # type: ignore[attr-defined]
        jobs = await asyncio.to_thread(services.newest_jobs)
        context = {"jobs": jobs, "title": "Jobs", "subtitle": ""}
        return await self.templates.TemplateResponse(request, "pedalcast/jobs.html", context)
