"""The log of what was sent, and a way to try again."""

from __future__ import annotations

from reminder.domain.delivery import State
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId
from reminder.errors import InvalidInput
from reminder.service.work import Work
from reminder.storage import log
from reminder.storage.log import Logged, LoggedAttempt, LoggedReminder, Wanted

__all__ = ["Logged", "LoggedAttempt", "LoggedReminder", "everything", "get", "retry"]


def everything(
    work: Work,
    owner: OwnerId,
    line: str | None = None,
    channel: str | None = None,
    state: str | None = None,
    *,
    limit: int = 50,
    before: str | None = None,
) -> list[Logged]:
    """An owner's deliveries, newest first; raises InvalidInput for a state that is none."""
    if state is not None and state not in set(State):
        raise InvalidInput.of("state", f"Choose one of: {', '.join(State)}")
    wanted = Wanted(
        LineId(line) if line else None,
        ChannelId(channel) if channel else None,
        State(state) if state else None,
        DeliveryId(before) if before else None,
        limit,
    )
    return log.deliveries(work.session, owner, wanted)


def get(work: Work, owner: OwnerId, delivery: DeliveryId) -> Logged:
    """One delivery with its tries."""
    return log.delivery(work.session, owner, delivery)


def retry(work: Work, owner: OwnerId, delivery: DeliveryId) -> Logged:
    """Try a dead or pending delivery again at once; raises Conflict for any other."""
    log.retry(work.session, owner, delivery, work.now)
    return log.delivery(work.session, owner, delivery)
