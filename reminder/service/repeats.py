"""The answers to requests that named an Idempotency-Key: said again for a day, done once."""

from __future__ import annotations

from datetime import timedelta

from reminder.domain.ids import OwnerId
from reminder.errors import Conflict
from reminder.service.work import Work
from reminder.storage import log
from reminder.storage.tables import IdempotencyRow

KEPT_FOR = timedelta(hours=24)


def stored(work: Work, owner: OwnerId, key: str, request: str) -> tuple[int, str, str] | None:
    """Status, body and location answered before; raises Conflict when the key was used for
    another request (``request`` is the digest of method, path and body)."""
    row = log.answer(work.session, owner, key, work.now)
    if row is None:
        return None
    if row.request != request:
        raise Conflict("This Idempotency-Key was used for another request: take a new one")
    return row.status, row.answer, row.location


def store(work: Work, owner: OwnerId, key: str, request: str, answer: tuple[int, str, str]) -> None:
    """Keep an answer: status, body, location."""
    status, body, location = answer
    log.keep_answer(
        work.session,
        IdempotencyRow(
            owner_id=owner,
            key=key,
            request=request,
            status=status,
            answer=body,
            location=location,
            expires_at=work.now + KEPT_FOR,
        ),
    )
