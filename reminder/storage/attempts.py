"""Tries as they were logged, many at a time: whether this very one is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from reminder.domain.ids import DeliveryId
from reminder.storage import swift
from reminder.storage.swift import Shape
from reminder.storage.tables import AttemptRow

ATTEMPTS = Shape(
    AttemptRow,
    ("delivery_id", "token", "node", "started_at", "ended_at", "outcome", "code", "detail"),
)


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


def add(session: Session, tried: Sequence[swift.Row]) -> None:
    """Log tries, each by the columns of :data:`ATTEMPTS`."""
    swift.write(session, ATTEMPTS, tried)
