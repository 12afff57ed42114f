"""The log of what was sent, and a way to try again."""

from __future__ import annotations

from typing import TypedDict, Unpack

from reminder.domain.delivery import State
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId
from reminder.errors import InvalidInput
from reminder.service.work import Work
from reminder.storage import log
from reminder.storage.log import Logged, LoggedAttempt, LoggedReminder, Wanted

__all__ = ["Logged", "LoggedAttempt", "LoggedReminder", "everything", "get", "retry"]


class Filters(TypedDict, total=False):
    """Which deliveries to list: of a line, on a channel, in a state; so many, older than one."""

    line: str | None
    channel: str | None
    state: str | None
    limit: int
    before: str | None


def everything(work: Work, owner: OwnerId, **only: Unpack[Filters]) -> list[Logged]:
    """An owner's deliveries, newest first; raises InvalidInput for a state that is none."""
    line, channel, before = only.get("line"), only.get("channel"), only.get("before")
    state = only.get("state")
    if state is not None and state not in set(State):
        raise InvalidInput.of("state", f"Choose one of: {', '.join(State)}")
    wanted = Wanted(
        LineId(line) if line else None,
        ChannelId(channel) if channel else None,
        State(state) if state else None,
        DeliveryId(before) if before else None,
        only.get("limit", 50),
    )
    return log.deliveries(work.session, owner, wanted)


def get(work: Work, owner: OwnerId, delivery: DeliveryId) -> Logged:
    """One delivery with its tries."""
    return log.delivery(work.session, owner, delivery)


def retry(work: Work, owner: OwnerId, delivery: DeliveryId) -> Logged:
    """Try a dead or pending delivery again at once; raises Conflict for any other."""
    log.retry(work.session, owner, delivery, work.now)
    return log.delivery(work.session, owner, delivery)
