"""Tries as they were logged, many at a time: whether this very one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from reminder.domain.ids import DeliveryId
from reminder.storage.batches import many
from reminder.storage.tables import AttemptRow

_LOGGED = insert(AttemptRow)


def logged(session: Session, tried: set[tuple[DeliveryId, int]]) -> set[DeliveryId]:
    """Those of these tries (delivery and token) that are in the log: their end was written, even
    if its writer was never told so."""
    if not tried:
        return set()
    query = select(AttemptRow.delivery_id, AttemptRow.token).where(
        col(AttemptRow.delivery_id).in_([identity for identity, _ in tried])
    )
    found = {(DeliveryId(identity), token) for identity, token in session.exec(query)}
    return {identity for identity, _ in tried & found}


def add(session: Session, tried: Sequence[dict[str, Any]]) -> None:
    """Log tries, each by its columns."""
    many(session, _LOGGED, tried)
