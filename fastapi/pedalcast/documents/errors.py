"""Errors of documents."""

from __future__ import annotations

from pedalcast.kit.errors import ConflictError, NotFoundError, PedalcastError


class DocumentNotFoundError(NotFoundError):
    """No such document, or one of a bot that the caller may not read: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is no such document.", "document_not_found")


class DocumentDeletedError(PedalcastError):
    """The document was there once."""

    def __init__(self) -> None:
        super().__init__(410, "document_deleted", "This document was deleted.")


class PassageNotFoundError(NotFoundError):
    """The document is there, the passage is not."""

    def __init__(self) -> None:
        super().__init__("The document has changed; this passage is no longer in it.", "passage_not_found")


class PictureNotFoundError(NotFoundError):
    """The document is there, the picture is not."""

    def __init__(self) -> None:
        super().__init__("The document has no such picture.", "picture_not_found")


class NotReadyError(ConflictError):
    """There is no text of the document yet."""

    def __init__(self) -> None:
        super().__init__("The document has no text yet.", "document_not_ready")


class DocumentStateError(ConflictError):
    """The document's state does not admit this."""

    def __init__(self, state: str, what: str) -> None:
        super().__init__(f"A document that is {state} cannot be {what}.", "document_state")


class DuplicateDocumentError(ConflictError):
    """Another document of the bot has the same content."""

    def __init__(self, document_id: str) -> None:
        super().__init__("Another document of this bot has the same content.", "duplicate_document")
        self.extra["document_id"] = document_id


class UploadFormError(PedalcastError):
    """The body is no form with one file in it."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "bad_upload", message)


class UploadTypeError(PedalcastError):
    """The body is not multipart/form-data."""

    def __init__(self) -> None:
        super().__init__(415, "multipart_needed", "Send the file as multipart/form-data, in the field `file`.")


class UploadTooLargeError(PedalcastError):
    """The file is larger than one may be."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(413, "too_large", f"A document may have {most_bytes >> 20} MiB at most.")


class AddressesOffError(PedalcastError):
    """Documents are not fetched by their address here."""

    def __init__(self) -> None:
        super().__init__(403, "addresses_off", "Documents are not taken in by their address here.")


class DocumentAddressError(PedalcastError):
    """The address cannot be fetched; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(422, code, message)


class TooManyDocumentsError(ConflictError):
    """No more documents; `limit` are there."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A bot has {limit} documents at most.", "too_many_documents")
