"""Erase an account, at once and for good: rows, kept mail, links, devices and keys."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from reminder.domain.ids import OwnerId
from reminder.domain.owner import Owner
from reminder.domain.signing import LinkKind
from reminder.errors import InvalidInput, TokenRefused
from reminder.service import outbox
from reminder.service.people.clients import Client
from reminder.service.people.links import mail_link
from reminder.service.people.secrets import digest
from reminder.service.work import Work
from reminder.storage import erasing, owners, signing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: numbers only, for nothing else is kept."""

    lines: int
    channels: int
    deliveries: int


def ask_to_erase(work: Work, owner: OwnerId, client: Client) -> None:
    """Mail a link that erases the account, good for a quarter of an hour; raises LimitReached."""
    mail_link(work, LinkKind.ERASE, owners.get(work.session, owner).email, client)


def opened_erasing(work: Work, token: str) -> Owner:
    """Whose account a link erases; changes nothing. Raises TokenRefused."""
    link = signing.link(work.session, digest(token), work.now)
    owner = owners.by_email(work.session, link.email) if link else None
    if link is None or link.kind is not LinkKind.ERASE or owner is None:
        raise TokenRefused("This link was used already, or is too old", expired=True)
    return owner


def erase_by_link(work: Work, token: str) -> Erased:
    """Erase the account that a mailed link is for."""
    owner = opened_erasing(work, token)
    if not signing.spend_link(work.session, digest(token)):
        raise TokenRefused("This link was used already", expired=True)
    return _erase(work, owner)


def erase(work: Work, owner: OwnerId, typed: str) -> Erased:
    """Erase an account whose address its owner typed once more: the way where no mail is sent."""
    person = owners.get(work.session, owner)
    if work.desk.settings.email.server is not None:
        raise InvalidInput.of("email", "Open the link in the mail that was sent to you")
    if typed.strip().casefold() != person.email.casefold():
        raise InvalidInput.of("email", "Write the address of this account")
    return _erase(work, person)


def _erase(work: Work, owner: Owner) -> Erased:
    """Kept mail goes first: a crash in between leaves the account, and nothing of it half gone."""
    session = work.session
    outbox.forget(work, owner)
    signing.remove_links(session, owner.id, owner.email)
    counted = erasing.erase(session, owner.id)
    gone = Erased(counted["line"], counted["channel"], counted["delivery"])
    log.info("account erased", lines=gone.lines, deliveries=gone.deliveries)
    return gone
