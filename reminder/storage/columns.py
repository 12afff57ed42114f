"""Column types: an instant that is always UTC, and a list of whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Dialect, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """Stores UTC milliseconds, refuses naive values, returns aware UTC."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """Straight to milliseconds."""
        del dialect
        return _milliseconds

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To milliseconds; a naive value raises ValueError: it has no instant."""
        del dialect
        return _milliseconds(value)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[int | None], datetime | None]:
        """Straight from milliseconds: whole tables pass through here."""
        del dialect, coltype
        return _moment

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From milliseconds."""
        del dialect
        return _moment(value)


def _milliseconds(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (value - _EPOCH) // _MILLISECOND


def _moment(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MILLISECOND


def instant(*, nullable: bool = False) -> Column[datetime]:
    """A column that holds an instant."""
    return Column(Instant, nullable=nullable)


def text_column(default: str = "") -> Column[str]:
    """A column of text of any length, never null."""
    return Column(Text, nullable=False, server_default=default)
