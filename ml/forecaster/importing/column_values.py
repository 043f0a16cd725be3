"""Reading the values of a column whatever type it came in: expressions that give null for what cannot be read."""

from __future__ import annotations

import polars as pl

from forecaster.history.file_schema import TIME

EARLIEST, LATEST = 946_684_800, 4_102_444_800  # 2000 and 2100: what lies outside is no time of a bike-share system
_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_FORMATS = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")


def times(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """Times to the second, UTC; None when the type holds no times.

    Takes datetimes of any zone (naive ones are UTC), ISO 8601 text (without an offset: UTC), and epoch numbers in
    seconds, milli-, micro- or nanoseconds, told apart by their size.
    """
    if isinstance(dtype, pl.Datetime):
        utc = column.dt.convert_time_zone("UTC") if dtype.time_zone else column.dt.replace_time_zone("UTC")
    elif dtype.is_numeric():
        utc = _from_epoch(column)
    elif isinstance(dtype, _TEXTS):
        utc = _from_text(column.cast(pl.String))
    else:
        return None
    utc = utc.dt.truncate("1s").cast(TIME)
    return pl.when(utc.dt.epoch("s").is_between(EARLIEST, LATEST)).then(utc)


def identifiers(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """Station ids as text: whole numbers without a decimal point, text trimmed, nothing empty."""
    if dtype.is_float():
        column = column.cast(pl.Int64, strict=False)
    elif not (dtype.is_integer() or isinstance(dtype, _TEXTS)):
        return None
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def counts(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """Counts from 0 to what 16 bits hold."""
    if not (dtype.is_numeric() or isinstance(dtype, _TEXTS)):
        return None
    text_or_number = column.cast(pl.String) if isinstance(dtype, _TEXTS) else column
    number = text_or_number.cast(pl.Float64, strict=False).round()
    return pl.when(number.is_between(0, 32767)).then(number).cast(pl.Int16)


def flags(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """Booleans, also from 0/1 and from words; null is true."""
    if isinstance(dtype, _TEXTS):
        column = column.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(["true", "1", "t", "yes", "y"])
    elif dtype.is_numeric():
        column = column != 0
    elif dtype != pl.Boolean:
        return None
    return column.cast(pl.Boolean).fill_null(value=True)


def degrees(column: pl.Expr, dtype: pl.DataType, limit: float) -> pl.Expr | None:
    """Degrees within ±`limit`."""
    if not (dtype.is_numeric() or isinstance(dtype, _TEXTS)):
        return None
    text_or_number = column.cast(pl.String) if isinstance(dtype, _TEXTS) else column
    number = text_or_number.cast(pl.Float64, strict=False)
    return pl.when(number.is_between(-limit, limit)).then(number)


def _from_epoch(column: pl.Expr) -> pl.Expr:
    number = column.cast(pl.Float64, strict=False)
    milliseconds = (
        pl.when(number < 1e11)
        .then(number * 1e3)
        .when(number < 1e14)
        .then(number)
        .when(number < 1e17)
        .then(number / 1e3)
        .otherwise(number / 1e6)
    )
    return milliseconds.cast(pl.Int64, strict=False).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")


def _from_text(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars()
    plain = text.str.replace(r"^(\S{10})[Tt]", "${1} ").str.replace(r"[Zz]$|\s*UTC$", "+00:00")
    read = [plain.str.to_datetime(form, time_unit="ms", strict=False) for form in _FORMATS]
    utc = [read[0].dt.convert_time_zone("UTC"), *(naive.dt.replace_time_zone("UTC") for naive in read[1:])]
    return pl.coalesce(*utc, _from_epoch(text.cast(pl.Float64, strict=False)))
