"""What who watches a tag gets of a pass: the reminders of all its lines, whoever they belong to, as
one message a channel (PRODUCT 3a, rule 15); what waits to be sent takes in what comes after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from reminder.domain.channel import Use
from reminder.domain.ids import OwnerId, Series
from reminder.domain.owner import ladder
from reminder.engine.desk import Desk
from reminder.engine.parcels import Item, Parcel, enqueue, reach_by, supersede
from reminder.storage import watches
from reminder.storage.database import Session
from reminder.storage.due import Found
from reminder.storage.joining import GATHER
from reminder.storage.ledger import Ledger

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Copies:
    """What the owners of one pass come to for those who watch them, noted owner by owner."""

    found: Found
    desk: Desk
    now: datetime
    ids: Series
    _seen: defaultdict[OwnerId, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def note(self, owner: OwnerId, items: Sequence[Item]) -> None:
        """Note an owner's reminders for who watches a tag of theirs, each line once."""
        tags: defaultdict[OwnerId, set[str]] = defaultdict(set)
        for one in self.found.watches.get(owner, ()):
            if one.watcher is not None:
                tags[one.watcher].add(one.tag)
        for watcher, wanted in tags.items():
            self._seen[watcher] += [item for item in items if wanted & set(item.line.tags)]

    def ledger(self, session: Session, taken: Collection[OwnerId]) -> Ledger:
        """What all of it comes to. Where a later pass of this moment may owe them more, it waits a
        minute for that. One who cannot be told holds nobody up."""
        book = Ledger()
        told = {watcher: items for watcher, items in self._seen.items() if items}
        behind = watches.awaiting(session, told, self.now, taken) if told else set()
        for watcher, items in told.items():
            gathers = GATHER if watcher in behind else timedelta(0)
            try:
                book.add(self._copied(watcher, items, self.now + gathers))
            except Exception:
                log.exception("watcher left out", watcher=watcher)
        return book

    def _copied(self, identity: OwnerId, items: Sequence[Item], at: datetime) -> Ledger:
        """The reminders on each of a watcher's channels, outside their own quiet hours."""
        watcher, book = self.found.owner(identity), Ledger()
        reach = reach_by(watcher, self.found.channels[identity]).first(())
        to = [channel for channel in reach if channel.use is not Use.SECOND]
        leaves_at = ladder(watcher, None, self.desk.habits).moment_after(at)
        for item in items:
            supersede(book, to, item)
        for channel in to:
            enqueue(book, self.ids, Parcel(channel, items, is_copy=True), leaves_at)
        return book
