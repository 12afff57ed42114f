"""Single-use links: the first owner's, those made at the machine, mailed ones, and invitations.

Opening a link shows, pressing its button acts. What is asked for a link by mail does the same
whether the address is somebody's or nobody's: one link is kept, one message is put in the outbox.
Only the engine looks, later, whether there is anybody to write to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reminder.domain.delivery import Kind, Lane
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.domain.owner import Owner
from reminder.domain.signing import Link, LinkKind
from reminder.errors import NotAllowed, TokenRefused
from reminder.service import limits
from reminder.service.people.clients import NOBODY, Client
from reminder.service.people.owners import address_of
from reminder.service.people.secrets import digest, fresh
from reminder.service.work import Work
from reminder.storage import outbox, owners, signing

FIRST_LINK_LIFE = timedelta(days=365)
MAIL_LINK_LIFE = timedelta(minutes=15)
OWNER_LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)


class Door(StrEnum):
    """What a link opens."""

    FIRST = "first"
    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that is good: what it opens, and for whom where it is somebody's."""

    door: Door
    link: Link
    owner: Owner | None = None


def is_new(work: Work) -> bool:
    """Whether nobody uses this service yet."""
    return owners.count(work.session) == 0


def keep(work: Work, link: Link) -> str:
    """Keep a link; return its secret."""
    token = fresh(work)
    signing.add_link(work.session, digest(token), link)
    return token


def first_link(work: Work) -> str | None:
    """The path of a link that makes the first owner, None once there is one. Earlier ones die."""
    if not is_new(work):
        return None
    return f"/sign-in/{keep(work, Link(LinkKind.FIRST, work.now + FIRST_LINK_LIFE))}"


def owner_link(work: Work, owner: OwnerId) -> str:
    """The path of a link that signs an owner in once, within a day: for who runs the machine."""
    owners.get(work.session, owner)
    made = Link(LinkKind.OWNER, work.now + OWNER_LINK_LIFE, owner, asked_at=work.now)
    return f"/sign-in/{keep(work, made)}"


def invitation(work: Work, owner: OwnerId | None) -> str:
    """The path of a link by which one stranger may become an owner, within a week."""
    if work.desk.settings.access.sign_up == "closed":
        raise NotAllowed(
            'access.sign_up is "closed": add the person, or set it to "invite"', signed_in=True
        )
    until = work.now + INVITATION_LIFE
    made = Link(LinkKind.INVITE, until, owner, asked_at=work.now)
    return f"/sign-in/{keep(work, made)}"


def ask_sign_in(work: Work, email: str, client: Client = NOBODY) -> None:
    """Mail a link to an address, if it is an owner's or anyone may sign up; nothing tells which.
    Raises InvalidInput for what is no address, LimitReached after too many."""
    address = address_of(email)
    limits.take(work, limits.CLIENT_ASKS, client.network)
    mail_link(work, LinkKind.MAIL, address, client)


def ask_by_invitation(work: Work, token: str, email: str, client: Client) -> None:
    """Mail a link to who was invited: their address is proven by it, and the invitation is used up
    when it is."""
    if open_sign_in(work, token).door is not Door.INVITATION:
        raise TokenRefused("This link is no invitation")
    address = address_of(email)
    limits.take(work, limits.CLIENT_ASKS, client.network)
    mail_link(work, LinkKind.MAIL, address, client, digest(token))


def mail_link(work: Work, kind: LinkKind, address: str, client: Client, invite: str = "") -> None:
    """Put a single-use link for an address in the outbox, as a message that is no owner's."""
    limits.take(work, limits.LINK_MAILS, address)
    until = work.now + MAIL_LINK_LIFE
    made = Link(kind, until, None, address, work.now, client.device, client.network, invite)
    said = {
        "token": keep(work, made),
        "email": address,
        "kind": kind.value,
        "device": made.device,
        "language": client.language,
        "invited": bool(invite),
    }
    identity = DeliveryId(work.new_id("dlv"))
    outbox.add_delivery(
        work.session,
        outbox.NewDelivery(
            id=identity,
            owner=OwnerId(""),
            channel=ChannelId(identity),
            kind=Kind.SIGN_IN,
            lane=Lane.EMAIL,
            due_at=work.now,
            run_at=work.now,
            expires_at=until,
            body=work.desk.vault.seal(json.dumps(said)),
        ),
    )


def open_sign_in(work: Work, token: str) -> Entry:
    """What a link opens; changes nothing. Raises TokenRefused if it is unknown, spent or over."""
    link = signing.link(work.session, digest(token), work.now)
    if link is None:
        raise _spent()
    match link.kind:
        case LinkKind.FIRST if is_new(work):
            return Entry(Door.FIRST, link)
        case LinkKind.OWNER if link.owner is not None:
            return Entry(Door.SIGN_IN, link, owners.get(work.session, link.owner))
        case LinkKind.MAIL:
            return _mailed(work, link)
        case LinkKind.INVITE if work.desk.settings.access.sign_up != "closed":
            return Entry(Door.INVITATION, link)
        case _:
            raise _spent()


def _mailed(work: Work, link: Link) -> Entry:
    owner = owners.by_email(work.session, link.email)
    if owner is not None:
        return Entry(Door.SIGN_IN, link, owner)
    sign_up = work.desk.settings.access.sign_up
    invited = bool(link.invite) and sign_up == "invite"
    if sign_up == "open" or (invited and signing.link(work.session, link.invite, work.now)):
        return Entry(Door.SIGN_UP, link)
    raise _spent()


def _spent() -> TokenRefused:
    return TokenRefused(
        "This link was used already, or is too old: ask for a new one", expired=True
    )
