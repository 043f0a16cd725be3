"""Tables that admins change in the admin view. Every change goes through its domain's service, which notes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqladmin import ModelView
from starlette.requests import Request
from wtforms import BooleanField, DateTimeField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pedalcast.accounts.models import User
from pedalcast.accounts.sessions.caller import Caller
from pedalcast.admin.read_only_views import ReadOnlyView
from pedalcast.board.models import BoardPost
from pedalcast.notices.models import Notice
from pedalcast.notices.schemas import NoticeChangeIn, NoticeIn, NoticeTexts
from pedalcast.reports.models import FaultReport
from pedalcast.reports.schemas import FaultReportChangeIn

if TYPE_CHECKING:
    from pedalcast.admin.admin_pages import AdminServices

TIME = "%Y-%m-%d %H:%M:%S"
FIELD = {"class": "form-control"}
PICKER = FIELD | {"data-role": "datetimepicker"}


class UserForm(Form):
    """What an admin changes of an account."""

    role = SelectField("Role", choices=["member", "admin"], render_kw=FIELD)
    banned = BooleanField("Banned")


class ReportForm(Form):
    """The state of a fault report."""

    state = SelectField("State", choices=["open", "in_progress", "closed"], render_kw=FIELD)
    answer = TextAreaField("Answer to the rider", [Optional(), Length(max=1000)], render_kw=FIELD)


class NoticeForm(Form):
    """A notice; times are UTC."""

    text_ko = TextAreaField("Korean", [InputRequired(), Length(max=1000)], render_kw=FIELD)
    text_en = TextAreaField("English", [InputRequired(), Length(max=1000)], render_kw=FIELD)
    severity = SelectField("Severity", choices=["info", "warning"], render_kw=FIELD)
    station_id = StringField("Closes station", [Optional(), Length(max=128)], render_kw=FIELD)
    starts_at = DateTimeField("From (UTC)", [Optional()], format=TIME, render_kw=PICKER)
    ends_at = DateTimeField("Until (UTC)", [Optional()], format=TIME, render_kw=PICKER)


class ServiceView(ReadOnlyView):
    """A view whose changes go through services."""

    @property
    def services(self) -> AdminServices:
        """The services of the domains."""
        services: AdminServices = self._admin_ref.services  # type: ignore[attr-defined]
        return services


def _admin(request: Request) -> Caller:
    admin: Caller = request.state.admin
    return admin


class UserView(ServiceView, model=User):
    """Accounts and guests. Roles and bans take effect at once."""

    name, name_plural = "User", "Users"
    can_edit = True
    form = UserForm
    column_list = (User.id, User.kind, User.role, User.username, User.email, User.created_at, User.banned_at)
    column_details_exclude_list = (User.password_hash,)
    column_searchable_list = (User.username, User.email, User.id)
    column_default_sort = (User.created_at, True)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """The form's fields."""
        return {"role": obj.role, "banned": obj.banned_at is not None}

    async def update_model(self, request: Request, pk: str, data: dict[str, Any]) -> Any:
        """Raises `ConflictError` for oneself."""
        admin = self.services.accounts.admin
        return await admin.change(_admin(request), pk, role=data["role"], banned=data["banned"])


class FaultReportTableView(ServiceView, model=FaultReport):
    """The operator's queue."""

    name, name_plural, category = "Fault report", "Fault reports", "Attention"
    can_edit = True
    form = ReportForm
    column_list = (FaultReport.id, FaultReport.station_id, FaultReport.kind, FaultReport.state, FaultReport.text)
    column_searchable_list = (FaultReport.station_id, FaultReport.state)
    column_default_sort = (FaultReport.id, True)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """The form's fields."""
        return {"state": obj.state, "answer": obj.answer}

    async def update_model(self, request: Request, pk: str, data: dict[str, Any]) -> Any:
        """Raises `ReportClosedError`."""
        change = FaultReportChangeIn.model_validate(data)
        row, mail = await self.services.reports.change(_admin(request), int(pk), change)
        if mail is not None:
            await self.services.accounts.account.send(mail)
        return row


class BoardPostView(ServiceView, model=BoardPost):
    """Posts; deleting one takes it off the board, its row stays."""

    name, name_plural, category = "Post", "Posts", "Board"
    can_delete = True
    column_list = (BoardPost.id, BoardPost.title, BoardPost.category, BoardPost.created_at, BoardPost.deleted_at)
    column_searchable_list = (BoardPost.title, BoardPost.content)
    column_default_sort = (BoardPost.id, True)

    async def delete_model(self, request: Request, pk: Any) -> None:
        """Raises `PostNotFoundError` for one that is deleted."""
        await self.services.board.delete(_admin(request), int(pk))


class NoticeTableView(ServiceView, model=Notice):
    """Notices; those removed stay in the list."""

    name, name_plural = "Notice", "Notices"
    can_create = can_edit = can_delete = True
    form = NoticeForm
    column_list = (Notice.id, Notice.text_en, Notice.station_id, Notice.starts_at, Notice.ends_at, Notice.removed_at)
    column_default_sort = (Notice.id, True)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """The form's fields."""
        return {name: getattr(obj, name) for name in NoticeForm()._fields}

    async def insert_model(self, request: Request, data: dict[str, Any]) -> Any:
        """Raises `NoticeTimesError`."""
        body = NoticeIn.model_validate(_notice(data) | {"station_id": data["station_id"] or None})
        return await self.services.notices.publish(_admin(request), body)

    async def update_model(self, request: Request, pk: str, data: dict[str, Any]) -> Any:
        """The station stays as it is. Raises `NoticeNotFoundError`, `NoticeTimesError`."""
        body = NoticeChangeIn.model_validate(_notice(data))
        return await self.services.notices.change(_admin(request), int(pk), body)

    async def delete_model(self, request: Request, pk: Any) -> None:
        """Raises `NoticeNotFoundError` for one that is removed."""
        await self.services.notices.remove(_admin(request), int(pk))


def _notice(data: dict[str, Any]) -> dict[str, Any]:
    times = {name: _aware(data[name]) for name in ("starts_at", "ends_at")}
    return {"text": NoticeTexts(ko=data["text_ko"], en=data["text_en"]), "severity": data["severity"], **times}


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)


EDITABLE_VIEWS: tuple[type[ModelView], ...] = (UserView, FaultReportTableView, NoticeTableView, BoardPostView)
