"""What the API says of documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from pedalcast.documents.models import UploadedDocument

DocumentState = Literal[
    "uploading", "queued", "parsing", "embedding", "ready", "failed", "cancelled", "deleting", "deleted"
]


class DocumentProblem(BaseModel):
    """Why a file could not be taken in. Of a document that is ready: why its newer version was not."""

    code: str = Field(examples=["unreadable_text"])
    message: str


class DocumentView(BaseModel):
    """An uploaded document. `version` counts its files; the text of `answering` is searched, null before the first."""

    id: str
    bot_id: str
    name: str
    kind: str | None = Field(description="pdf, docx, hwpx, hwp, html, markdown, csv or text, by its content")
    size: int = Field(description="bytes; of an upload under way, those that have come")
    sha256: str | None
    state: DocumentState
    pages_done: int
    pages_total: int = Field(description="0 while unknown, and for kinds without pages")
    error: DocumentProblem | None
    title: str | None
    notes: list[str] = Field(description="what was left out, such as invisible text")
    version: int
    answering: int | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: UploadedDocument) -> Self:
        """From the row."""
        problem = None
        if row.error_code is not None:
            problem = DocumentProblem(code=row.error_code, message=row.error_message or "")
        return cls.model_validate(_fields(row) | {"error": problem})


def _fields(row: UploadedDocument) -> dict[str, Any]:
    names = ("id", "bot_id", "name", "kind", "size", "sha256", "state", "pages_done", "pages_total", "title", "version",
             "created_at", "updated_at")  # fmt: skip
    answering = None if row.answering is None else row.answering["version"]
    return {name: getattr(row, name) for name in names} | {
        "notes": (row.details or {}).get("notes", []),
        "answering": answering,
    }


class DocumentOut(DocumentView):
    """One document."""

    success: Literal[True] = True


class UploadOut(DocumentOut):
    """The document of an upload. `duplicate`: it was there with the same content already, and nothing is done."""

    duplicate: bool = False


class DocumentsOut(BaseModel):
    """A page of documents; `next` is the cursor of the following one."""

    success: Literal[True] = True
    data: list[DocumentView]
    next: str | None


class PreviewOut(BaseModel):
    """The beginning of a document's text, as it is searched and quoted."""

    success: Literal[True] = True
    id: str
    title: str | None
    text: str
    start: int = Field(description="where it begins in the text, characters")
    characters: int = Field(description="of the whole text")
    pages: int = Field(description="0 for kinds without pages")
    headings: list[str] = Field(description="those within this part, in order")


class PassageOut(BaseModel):
    """A passage within its surroundings: `before`, `passage` and `after` follow one another in the text."""

    success: Literal[True] = True
    id: str
    title: str | None
    page: int | None
    heading: str | None = Field(description="the path of headings it stands under", examples=["Fares > Refunds"])
    start: int = Field(description="where the passage begins in the text, characters")
    end: int
    before: str
    passage: str
    after: str
    changed: bool = Field(description="the document was changed since; the quote was found in its present text")
    file: str | None = Field(
        description="where the file is, for a PDF at the page", examples=["/api/v1/documents/3f…/download#page=2"]
    )


class AddressesIn(BaseModel):
    """Addresses of files on public hosts."""

    model_config = ConfigDict(json_schema_extra={"example": {"urls": ["https://example.org/guide.pdf"]}})

    urls: list[str] = Field(min_length=1, max_length=20)


class FetchedAddress(BaseModel):
    """What became of one address: its document, or why there is none."""

    url: str
    document: DocumentView | None
    duplicate: bool = False
    error: DocumentProblem | None


class AddressesOut(BaseModel):
    """One result an address, in their order."""

    success: Literal[True] = True
    data: list[FetchedAddress]
