"""How the embedded run fails."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot start or go on; the message is one line that says what to do."""
