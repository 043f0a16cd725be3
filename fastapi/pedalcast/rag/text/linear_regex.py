"""Regular expressions whose time grows with the text's length, whatever the text: RE2 in place of backtracking.

RE2 knows no look-around and no back-references; `\\b` and `\\w` are ASCII, so `\\W` matches a Hangul letter. An
expression that sees what a rider, a feed or a document wrote is made here; where it cannot be, a test times its growth.
"""

from __future__ import annotations

from typing import Any

import re2  # type: ignore[import-untyped] # the package has no types


def linear(pattern: str, *, ignore_case: bool = False, dot_all: bool = False) -> Any:
    """The compiled expression, with the methods of `re.Pattern`. Raises `re2.error` for what RE2 does not know."""
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.dot_nl = dot_all
    options.log_errors = False
    return re2.compile(pattern, options)
