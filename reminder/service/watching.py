"""Watchers: somebody else who gets the digest of a tag, and sees its numbers and nothing more.

They are invited by their address, and see the invitation once they are signed in here; until they
agree nothing goes to them, and either side ends it at once. They see and are told; they never act.
"""

from __future__ import annotations

from collections.abc import Mapping

from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput, NotFound, ReminderError
from reminder.service.fields import Fields
from reminder.service.lines import LineView, view
from reminder.service.work import Work
from reminder.storage import board, owners, watches
from reminder.storage.board import Sought
from reminder.storage.watches import Watch
from reminder.transports.mime import mailbox

__all__ = ["Watch", "agree", "end", "invite", "mine", "others", "seen"]

FIELDS = frozenset({"address", "tag"})
LONGEST_TAG = 30
MOST = 50
NONE = "There is no such watch"


def invite(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Watch:
    """Invite the person at an ``address`` to watch a ``tag``; once is enough. The answer is
    the same whether the address is known here or not."""
    fields = Fields(given, FIELDS)
    typed, tag = fields.text("address", 254), fields.text("tag", LONGEST_TAG)
    address = fields.take(lambda: _address(typed or ""), "")
    me = owners.get(work.session, owner)
    if address and address.casefold() == me.email.casefold():
        fields.fault("address", "This is your own address: name somebody else")
    if tag is None and not fields.is_faulty("tag"):
        fields.fault("tag", "Write the tag", "required")
    there = watches.of_owner(work.session, owner)
    if len(there) >= MOST:
        fields.fault("address", f"At most {MOST} watchers: end one first")
    fields.check()
    same = [w for w in there if (w.email.casefold(), w.tag) == (address.casefold(), tag)]
    if same:
        return same[0]
    made = Watch(work.new_id("wat"), owner, address, tag or "", work.now)
    watches.add(work.session, made)
    return made


def _address(typed: str) -> str:
    try:
        return mailbox(typed)
    except ReminderError as error:
        raise InvalidInput.of("address", "Write one address, such as anna@example.org") from error


def mine(work: Work, owner: OwnerId) -> list[Watch]:
    """Who watches an owner's numbers, or is invited to."""
    return watches.of_owner(work.session, owner)


def others(work: Work, watcher: OwnerId) -> list[tuple[Watch, str]]:
    """What somebody watches, or is invited to, each with the owner's address."""
    me = owners.get(work.session, watcher)
    return watches.of_watcher(work.session, watcher, me.email)


def _theirs(work: Work, watcher: OwnerId, watch: str) -> Watch:
    found = [one for one, _ in others(work, watcher) if one.id == watch]
    if not found:
        raise NotFound(NONE)
    return found[0]


def agree(work: Work, watcher: OwnerId, watch: str) -> None:
    """Accept an invitation; from the next message on its digests come."""
    one = _theirs(work, watcher, watch)
    watches.agree(work.session, one.id, watcher)


def end(work: Work, person: OwnerId, watch: str) -> None:
    """End a watch, from either side; what is not sent yet is not sent any more."""
    ids = {one.id for one in mine(work, person)} | {one.id for one, _ in others(work, person)}
    if watch not in ids:
        raise NotFound(NONE)
    watches.remove(work.session, watch)


def seen(
    work: Work, watcher: OwnerId, watch: str, start: int, limit: int
) -> tuple[list[LineView], int]:
    """The numbers that a watcher sees, most urgent first, from ``start`` on; and how many."""
    one = _theirs(work, watcher, watch)
    if one.watcher != watcher:
        raise NotFound(NONE)
    person = owners.get(work.session, one.owner)
    today = person.days.of(work.now)
    wanted = Sought(tag=one.tag, start=start, limit=limit)
    rows = board.page(work.session, one.owner, wanted, today)
    found = sum(board.counts(work.session, one.owner, wanted, today).values())
    return [view(work, row.kept, person) for row in rows], found
