"""The second contact: somebody else, asked when none of the owner's own channels took a reminder.

It is a channel of its own use. Named once, its holder is asked by the mail that every address
gets; until they agree nothing else goes there.
"""

from __future__ import annotations

from dataclasses import replace

from reminder.domain.channel import Channel, ChannelState, Use
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId
from reminder.domain.owner import Owner
from reminder.errors import InvalidInput, NotFound, ReminderError
from reminder.service.channels import keep
from reminder.service.work import Work
from reminder.storage import channels
from reminder.transports.mime import mailbox

FIELD = "second_contact"
_WRONG = "Write the mail address of somebody else, or the id of a channel of yours"


def current(work: Work, owner: Owner) -> Channel | None:
    """The owner's second contact, confirmed or not."""
    mine = channels.all_of(work.session, owner.id, work.desk.vault)
    return next((c for c in mine if c.use is Use.SECOND), None)


def name(work: Work, owner: Owner, typed: str | None) -> None:
    """Make an address, or a channel that is there, the second contact; None: nobody is. The one
    before is forgotten. Raises InvalidInput for what is neither, or is the owner's own."""
    before = current(work, owner)
    chosen = _chosen(work, owner, typed) if typed else None
    if before is not None and chosen is not None and before.target == chosen.target:
        return
    if before is not None:
        channels.remove(work.session, before.id)
    if chosen is None:
        return
    there = channels.same(work.session, chosen, work.desk.vault)
    if there is None:
        keep(work, chosen)
    else:
        channels.save(work.session, replace(there, use=Use.SECOND), work.desk.vault)


def _chosen(work: Work, owner: Owner, typed: str) -> Channel:
    if typed.startswith("chn_"):
        return _of_id(work, owner, ChannelId(typed))
    try:
        address = mailbox(typed)
    except ReminderError as error:
        raise InvalidInput.of(FIELD, _WRONG) from error
    if address.casefold() == owner.email.casefold():
        raise InvalidInput.of(FIELD, "This is your own address: name somebody else")
    needs_no_mail = work.desk.settings.email.server is None
    return Channel(
        id=ChannelId(work.new_id("chn")),
        owner=owner.id,
        kind=Lane.EMAIL,
        target=address,
        format="email",
        created_at=work.now,
        use=Use.SECOND,
        state=ChannelState.WORKS if needs_no_mail else ChannelState.UNCONFIRMED,
        confirmed_at=work.now if needs_no_mail else None,
    )


def _of_id(work: Work, owner: Owner, identity: ChannelId) -> Channel:
    try:
        found = channels.get(work.session, identity, work.desk.vault, owner.id)
    except NotFound as error:
        raise InvalidInput.of(FIELD, _WRONG) from error
    if found.target.casefold() == owner.email.casefold():
        raise InvalidInput.of(FIELD, "This is your own address: name somebody else")
    return found
