"""How an import is refused."""


class ImportRefused(Exception):  # noqa: N818 - reads better where it is raised and caught
    """The files cannot be taken; the message is one line that says which file, what is wrong and what is expected."""
