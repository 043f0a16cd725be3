"""Numbers as fixed-width JSON text by table look-up: one gather an array instead of one conversion a number.

Every table ends with the text of `null`, so that the index -1 (`NULL`) gives it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.intp]
JsonText = npt.NDArray[np.void]

NULL = -1
COUNT_MAX = 32767  # counts are int16 everywhere
COUNT_WIDTH = 5
DECIMALS_WIDTH = 8  # a count, a point and two decimals
SHARE_WIDTH = 5


@cache
def counts() -> JsonText:
    """`    0` … `32767`: what a count looks like."""
    return _table([b"%5d" % n for n in range(COUNT_MAX + 1)], b" null")


@cache
def wholes() -> JsonText:
    """The part of a two-decimal number before its point."""
    return _table([b"%5d" % n for n in range(COUNT_MAX + 1)], b"  nul")


@cache
def fractions() -> JsonText:
    """`.00` … `.99`: the point and two decimals (the end of `null` for a missing number)."""
    return _table([b".%02d" % n for n in range(100)], b"l  ")


@cache
def shares() -> JsonText:
    """`0.000` … `1.000`: a probability in thousandths."""
    return _table([b"%d.%03d" % divmod(n, 1000) for n in range(1001)], b" null")


def scaled(values: npt.NDArray[np.floating], factor: int, top: int) -> Integers:
    """`values` times `factor`, rounded half to even in double precision, held within 0 … `top`; NaN becomes `NULL`."""
    raised = values.astype(np.float64) * factor
    missing = np.isnan(raised)
    if missing.any():
        raised[missing] = 0.0
    whole = np.clip(np.rint(raised, out=raised), 0, top, out=raised).astype(np.intp)
    if missing.any():
        whole[missing] = NULL
    return whole


def _table(texts: list[bytes], null: bytes) -> JsonText:
    return np.frombuffer(b"".join([*texts, null]), dtype=f"V{len(null)}")
