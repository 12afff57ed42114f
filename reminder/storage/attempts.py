"""Tries as they were logged: whether this very one is."""

from __future__ import annotations

from sqlmodel import Session, col, select

from reminder.domain.ids import DeliveryId
from reminder.storage.tables import AttemptRow


def logged(session: Session, tried: set[tuple[DeliveryId, int]]) -> set[DeliveryId]:
    """Those of these tries (delivery and token) that are in the log: their end was written, even
    if its writer was never told so."""
    query = select(AttemptRow.delivery_id, AttemptRow.token).where(
        col(AttemptRow.delivery_id).in_([identity for identity, _ in tried])
    )
    found = {(DeliveryId(identity), token) for identity, token in session.exec(query)}
    return {identity for identity, _ in tried & found}
