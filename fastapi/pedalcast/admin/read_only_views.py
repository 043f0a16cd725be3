"""Tables that the admin view only shows."""

from __future__ import annotations

from typing import Any

from sqladmin import ModelView
from sqlalchemy import Select
from starlette.requests import Request

from pedalcast.accounts.models import AuditEntry
from pedalcast.board.models import BoardComment, BoardComplaint
from pedalcast.bots.models import Bot, BotVersion
from pedalcast.chats.models import ChatBookmark, ChatMessage, ChatSession, SearchLogEntry
from pedalcast.documents.models import UploadedDocument


class ReadOnlyView(ModelView):
    """Lists and shows rows, the newest first; changes go through the domains' services."""

    can_create = can_edit = can_delete = can_export = False
    page_size = 25


class ChatSessionView(ReadOnlyView, model=ChatSession):
    """Chats by title."""

    name, name_plural, category = "Chat", "Chats", "Chat"
    column_list = (ChatSession.id, ChatSession.bot_id, ChatSession.title, ChatSession.user_id, ChatSession.updated_at)
    column_searchable_list = (ChatSession.title,)
    column_default_sort = (ChatSession.id, True)


class ChatMessageView(ReadOnlyView, model=ChatMessage):
    """Questions and answers."""

    name, name_plural, category = "Message", "Messages", "Chat"
    column_list = (
        ChatMessage.id, ChatMessage.session_id, ChatMessage.role, ChatMessage.content, ChatMessage.state,
        ChatMessage.feedback, ChatMessage.created_at,
    )  # fmt: skip
    column_searchable_list = (ChatMessage.content,)
    column_default_sort = (ChatMessage.id, True)


class ChatBookmarkView(ReadOnlyView, model=ChatBookmark):
    """Answers people keep."""

    name, name_plural, category = "Bookmark", "Bookmarks", "Chat"
    column_list = (ChatBookmark.id, ChatBookmark.user_id, ChatBookmark.content, ChatBookmark.created_at)
    column_default_sort = (ChatBookmark.id, True)


class BadAnswerView(ReadOnlyView, model=ChatMessage):
    """Answers with bad feedback."""

    name, name_plural, category = "Bad answer", "Bad answers", "Attention"
    column_list = (ChatMessage.id, ChatMessage.content, ChatMessage.feedback_reason, ChatMessage.created_at)
    column_default_sort = (ChatMessage.id, True)

    def list_query(self, request: Request) -> Select[Any]:
        """Those alone."""
        return super().list_query(request).where(ChatMessage.feedback == "down")


class UnansweredView(ReadOnlyView, model=SearchLogEntry):
    """Questions nobody could answer."""

    name, name_plural, category = "Unanswered", "Unanswered", "Attention"
    column_list = (
        SearchLogEntry.id,
        SearchLogEntry.bot_id,
        SearchLogEntry.question,
        SearchLogEntry.language,
        SearchLogEntry.asked_at,
    )
    column_default_sort = (SearchLogEntry.id, True)

    def list_query(self, request: Request) -> Select[Any]:
        """Those alone."""
        return super().list_query(request).where(SearchLogEntry.answered.is_(False))


class BotView(ReadOnlyView, model=Bot):
    """Bots: whose they are, and who may ask them."""

    name, name_plural, category = "Bot", "Bots", "Chat"
    column_list = (Bot.id, Bot.user_id, Bot.team_id, Bot.visibility, Bot.published, Bot.latest, Bot.updated_at)
    column_searchable_list = (Bot.id, Bot.user_id)
    column_default_sort = (Bot.updated_at, True)


class UploadedDocumentView(ReadOnlyView, model=UploadedDocument):
    """Uploaded documents and how far they are taken in."""

    name, name_plural, category = "Document", "Documents", "Chat"
    column_list = (
        UploadedDocument.id, UploadedDocument.bot_id, UploadedDocument.owner_id, UploadedDocument.name,
        UploadedDocument.size, UploadedDocument.state, UploadedDocument.error_code, UploadedDocument.updated_at,
    )  # fmt: skip
    column_searchable_list = (UploadedDocument.id, UploadedDocument.bot_id, UploadedDocument.name)
    column_default_sort = (UploadedDocument.number, True)


class BotVersionView(ReadOnlyView, model=BotVersion):
    """The settings of bots, version by version."""

    name, name_plural, category = "Bot version", "Bot versions", "Chat"
    column_list = (BotVersion.bot_id, BotVersion.number, BotVersion.author_id, BotVersion.created_at)
    column_details_list = (*column_list, BotVersion.settings, BotVersion.published_at)
    column_default_sort = (BotVersion.created_at, True)


class BoardCommentView(ReadOnlyView, model=BoardComment):
    """Comments, deleted ones too."""

    name, name_plural, category = "Comment", "Comments", "Board"
    column_list = (BoardComment.id, BoardComment.post_id, BoardComment.content, BoardComment.deleted_at)
    column_default_sort = (BoardComment.id, True)


class BoardComplaintView(ReadOnlyView, model=BoardComplaint):
    """Complaints about posts and comments."""

    name, name_plural, category = "Complaint", "Complaints", "Board"
    column_list = (
        BoardComplaint.id, BoardComplaint.post_id, BoardComplaint.comment_id, BoardComplaint.reason,
        BoardComplaint.settled_at,
    )  # fmt: skip
    column_default_sort = (BoardComplaint.id, True)


class AuditEntryView(ReadOnlyView, model=AuditEntry):
    """Who did what when."""

    name, name_plural = "Audit log", "Audit log"
    column_list = (AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, AuditEntry.action, AuditEntry.target)
    column_searchable_list = (AuditEntry.action, AuditEntry.target, AuditEntry.actor_id)
    column_default_sort = (AuditEntry.id, True)


# sqladmin names a view by its model: a second one of the same table needs a name of its own
BadAnswerView.identity, UnansweredView.identity = "bad-answer", "unanswered"

READ_ONLY_VIEWS: tuple[type[ModelView], ...] = (
    BadAnswerView, UnansweredView, ChatSessionView, ChatMessageView, ChatBookmarkView, BotView, BotVersionView,
    UploadedDocumentView, BoardCommentView, BoardComplaintView, AuditEntryView,
)  # fmt: skip
