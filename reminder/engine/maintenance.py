"""The hourly work: forget what is over, let channels rest that have failed for days.

What ``history.keep`` says is kept at least; a key that could still be planned again, and what a
link in a message may still be pressed for, are kept longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from reminder.domain.acts import UNDO_FOR
from reminder.domain.clocks import read
from reminder.domain.ids import LineId, ReminderId
from reminder.domain.line import Clock
from reminder.domain.owner import Owner
from reminder.domain.settle import settle
from reminder.domain.signing import MAILS_KEPT_FOR, USES_COUNT_FOR
from reminder.domain.token import LINK_LIFE
from reminder.engine import health
from reminder.engine.cluster import Cluster
from reminder.engine.desk import Desk
from reminder.storage import channels, imports, lines, log, owners, pruning, races, signing
from reminder.storage.database import Database, Session
from reminder.storage.lines import Kept
from reminder.storage.outbox import OwedReminder

TIDY_EVERY = timedelta(hours=1)
MARKS_KEPT = timedelta(hours=1)
SLACK = timedelta(days=1)
FILES_KEPT = timedelta(days=1)


async def tidy(cluster: Cluster, database: Database, desk: Desk) -> None:
    """Do the hour's work if no other node has done it."""

    async def work() -> None:
        now = cluster.now()
        await database.write(lambda session: health.rest_failing(session, desk, now))
        await database.write(lambda session: races.forget_marks(session, now - MARKS_KEPT))
        await forget(database, desk, now)
        await database.checkpoint()

    await cluster.run_once("tidy", TIDY_EVERY, work)


async def forget(database: Database, desk: Desk, now: datetime) -> None:
    """Forget what is over, in transactions of a few hundred rows, so that nobody waits long."""
    keep = desk.settings.history.keep
    before = now - keep
    long_before = now - max(keep, LINK_LIFE + SLACK, UNDO_FOR + SLACK)
    await database.write(lambda session: _forget_expired(session, now))
    while await database.write(lambda session: pruning.deliveries(session, before)):
        pass
    while await database.write(lambda session: pruning.acts(session, long_before)):
        pass
    after: ReminderId | None = None
    while True:
        batch = partial(forget_reminders, desk=desk, before=long_before, after=after, now=now)
        last = await database.write(batch)
        if last is None:
            return
        after = last


def _forget_expired(session: Session, now: datetime) -> None:
    signing.forget(session, now, now - USES_COUNT_FOR)
    log.forget_answers(session, now)
    log.forget_sign_ins(session, now - MAILS_KEPT_FOR)
    channels.forget_questions(session, now)
    imports.forget_files(session, now - FILES_KEPT)


def forget_reminders(
    session: Session, desk: Desk, before: datetime, after: ReminderId | None, now: datetime
) -> ReminderId | None:
    """Forget a batch of the old reminders that can never be planned again; return the last one
    that was looked at, None when there are no more."""
    old = pruning.old_reminders(session, before, after)
    if not old:
        return None
    kept = lines.some(session, {one.line for one in old})
    people = {one.owner: owners.get(session, one.owner) for one in old if one.line in kept}
    gone = [one.id for one in old if _is_over(desk, one, kept, people.get(one.owner), before, now)]
    pruning.forget_reminders(session, gone)
    return old[-1].id


def _is_over(
    desk: Desk,
    one: OwedReminder,
    kept: Mapping[LineId, Kept],
    owner: Owner | None,
    before: datetime,
    now: datetime,
) -> bool:
    """Whether a key is of no use any more: its line is gone, or its day is long past and no clock
    of the line stands on it."""
    held = kept.get(one.line)
    if held is None or owner is None:
        return True
    if one.due.key.deadline >= before.date():
        return False
    clocks = read(settle(desk.situation(held, owner, now), now), now)
    low = clocks.balance.low_on if clocks.balance else None
    stands = {held.standing.renews_on, low, *(clocks.deadline(clock) for clock in Clock)}
    return one.due.key.deadline not in stands
