"""Pressing the button of a sign-in link: it is spent, and the browser that pressed is signed in."""

from __future__ import annotations

from collections.abc import Mapping

from reminder.domain.owner import Owner
from reminder.domain.signing import LinkKind
from reminder.errors import InvalidInput, TokenRefused
from reminder.service.people.clients import NOBODY, Client
from reminder.service.people.devices import enter
from reminder.service.people.links import Door, Entry, open_sign_in
from reminder.service.people.owners import new_owner, prove
from reminder.service.people.secrets import digest
from reminder.service.work import Work
from reminder.storage import signing


def sign_in(work: Work, token: str, client: Client = NOBODY) -> str:
    """Spend a link of somebody who is an owner; return the value of the session's cookie."""
    entry = open_sign_in(work, token)
    if entry.owner is None:
        raise TokenRefused("This link makes a new account")
    return _through(work, token, entry, entry.owner, client)


def begin(work: Work, token: str, given: Mapping[str, object], client: Client = NOBODY) -> str:
    """Make the owner that a link is for, sign them in; return the value of the session's cookie.

    ``given`` holds ``email``, ``language`` and ``timezone``. The first owner is administrator. Who
    was mailed the link has that address, whatever was typed; what somebody is already, they stay.
    Raises InvalidInput, and the link stays good.
    """
    entry = open_sign_in(work, token)
    match entry.door:
        case Door.SIGN_IN:
            return sign_in(work, token, client)
        case Door.FIRST:
            owner = new_owner(work, given, admin=True, proven=True)
        case Door.SIGN_UP:
            own = {**given, "email": entry.link.email}
            owner = new_owner(work, own, admin=False, proven=True)
        case Door.INVITATION:
            if work.desk.settings.email.server is not None:
                raise InvalidInput.of("email", "Your address is proven by a mail first")
            owner = new_owner(work, given, admin=False, proven=False)
    if entry.link.invite and not signing.spend_link(work.session, entry.link.invite):
        raise TokenRefused("This invitation was used already", expired=True)
    return _through(work, token, entry, owner, client)


def _through(work: Work, token: str, entry: Entry, owner: Owner, client: Client) -> str:
    if not signing.spend_link(work.session, digest(token)):
        raise TokenRefused("This link was used already: ask for a new one", expired=True)
    if entry.link.kind is LinkKind.MAIL:
        prove(work, owner)
    return enter(work, owner.id, client)
