"""The fields of an event log as polars expressions: how each is read, and when it is refused.

The rules are those of `discovery.sona.contract.ViewingEvent`. Besides, a timestamp may be Unix seconds, the person may
be named by `user_hash`, null is as good as absent, and numbers and truth values may be written as strings.
"""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from sona.history import DISMISSED, REWATCH

FIELDS = ("user_id", "user_hash", "content_id", "timestamp", "completion_rate", "rating", "is_rewatch", "dismissed")
_LONGEST = 256
_CLOCK_SKEW_SECONDS = 86_400.0
_TRUTH = {"true": True, "false": False}

REASONS = {
    "user_id": "a person is named by 1 to 256 characters, in user_id or user_hash",
    "content_id": "a title is named by 1 to 256 characters",
    "timestamp": "not RFC 3339 with an offset or Unix seconds, or in the future",
    "completion_rate": "not a number from 0 to 1",
    "rating": "not a number of stars from 0.5 to 5",
    "is_rewatch": "neither true nor false",
    "dismissed": "neither true nor false",
}
"""What is wrong where a field is refused, in the order in which fields are judged."""


def read_columns(types: Mapping[str, pl.DataType], now: datetime) -> list[pl.Expr]:
    """From columns of these types: `user`, `content`, `at`, `completion`, `grade` as histories have them, and `bad`.

    `bad` is the place in `REASONS` of the first field that is refused, null for none; the rest of such a row is noise.
    """
    text = {name: _text(name, types) for name in FIELDS}
    user, content = pl.coalesce(text["user_id"], text["user_hash"]), text["content_id"]
    at = _seconds(types, text["timestamp"])
    completion, rating = _number("completion_rate", types), _number("rating", types)
    rewatched, dismissed = _truth("is_rewatch", types), _truth("dismissed", types)
    good = {
        "user_id": user.str.len_chars().is_between(1, _LONGEST),
        "content_id": content.str.len_chars().is_between(1, _LONGEST),
        "timestamp": at.is_finite() & (at <= now.timestamp() + _CLOCK_SKEW_SECONDS),
        "completion_rate": completion.is_between(0, 1),
        "rating": text["rating"].is_null() | rating.is_between(0.5, 5),
        "is_rewatch": text["is_rewatch"].is_null() | rewatched.is_not_null(),
        "dismissed": text["dismissed"].is_null() | dismissed.is_not_null(),
    }
    bad = pl.coalesce(
        *(
            pl.when(~good[field].fill_null(value=False)).then(pl.lit(place, dtype=pl.UInt8))
            for place, field in enumerate(REASONS)
        )
    )
    flags = rewatched.fill_null(value=False).cast(pl.UInt8) * REWATCH
    flags += dismissed.fill_null(value=False).cast(pl.UInt8) * DISMISSED
    return [
        user.cast(pl.Categorical).alias("user"),
        content.cast(pl.Categorical).alias("content"),
        at.clip(0, 2**32 - 1).cast(pl.UInt32, strict=False).alias("at"),
        (completion * 100).round().cast(pl.UInt8, strict=False).alias("completion"),
        ((rating * 2).round().fill_null(0).cast(pl.UInt8, strict=False).fill_null(0) + flags).alias("grade"),
        bad.alias("bad"),
    ]


def _text(name: str, types: Mapping[str, pl.DataType]) -> pl.Expr:
    if name not in types:
        return pl.lit(None, dtype=pl.String)
    return pl.col(name).cast(pl.String, strict=False)


def _number(name: str, types: Mapping[str, pl.DataType]) -> pl.Expr:
    kind = types.get(name, pl.String())
    return _text(name, types).cast(pl.Float64, strict=False) if kind == pl.String else _if_number(name, kind)


def _if_number(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(pl.Float64) if kind.is_numeric() else pl.lit(None, dtype=pl.Float64)


def _truth(name: str, types: Mapping[str, pl.DataType]) -> pl.Expr:
    return _text(name, types).replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)


def _seconds(types: Mapping[str, pl.DataType], text: pl.Expr) -> pl.Expr:
    """Unix seconds; null where it is no timestamp. One without an offset is none, as it may mean any day."""
    kind = types.get("timestamp", pl.String())
    if isinstance(kind, pl.Datetime):
        aware = kind.time_zone is not None
        return pl.col("timestamp").dt.epoch("us") / 1e6 if aware else pl.lit(None, dtype=pl.Float64)
    if kind != pl.String:
        return _if_number("timestamp", kind)
    written = text.str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T")
    parsed = written.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return pl.coalesce(text.cast(pl.Float64, strict=False), parsed.dt.epoch("us") / 1e6)
