"""Owners: the first one, those who are added, and those who sign up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId
from reminder.domain.owner import LANGUAGES, Owner
from reminder.domain.schedule import zone
from reminder.errors import InvalidInput, NotFound, ReminderError
from reminder.service.channels import confirm, keep
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import channels, owners
from reminder.transports.mime import mailbox

ONE_ADDRESS = "Write one address, such as anna@example.org"


def address_of(typed: str, field: str = "email") -> str:
    """The one mailbox that was typed; raises InvalidInput for ``field``."""
    try:
        name, _, domain = mailbox(typed.strip()).rpartition("@")
    except ReminderError as error:
        raise InvalidInput.of(field, ONE_ADDRESS) from error
    return f"{name}@{domain.lower()}"


def new_owner(work: Work, given: Mapping[str, object], *, admin: bool, proven: bool) -> Owner:
    """Make an owner with a mail channel of their own. ``proven``: they read mail at that address,
    or are the first; else, with SMTP, it gets its confirmation before anything else."""
    fields = Fields(given, frozenset({"email", "language", "timezone"}))
    default = work.desk.settings.reminders
    email = fields.text("email", 254, blank=True)
    if email is None:
        fields.fault("email", ONE_ADDRESS, "required")
    address = fields.take(lambda: address_of(email or ""), "") if email else ""
    language = fields.text("language", 40) or default.language
    if language not in LANGUAGES:
        fields.fault("language", f"Choose one of: {', '.join(LANGUAGES)}")
    home = fields.text("timezone", 60) or default.timezone
    fields.take(lambda: zone(home), None)
    fields.check()
    owner = Owner(
        id=OwnerId(work.new_id("own")),
        email=address,
        language=language,
        timezone=home,
        created_at=work.now,
        admin=admin,
        confirmed=proven or work.desk.settings.email.server is None,
    )
    owners.add(work.session, owner)
    _add_own_channel(work, owner)
    return owner


def _add_own_channel(work: Work, owner: Owner) -> None:
    channel = Channel(
        id=ChannelId(work.new_id("chn")),
        owner=owner.id,
        kind=Lane.EMAIL,
        target=owner.email,
        format="email",
        created_at=work.now,
        state=ChannelState.WORKS if owner.confirmed else ChannelState.UNCONFIRMED,
        confirmed_at=work.now if owner.confirmed else None,
    )
    keep(work, channel)


def prove(work: Work, owner: Owner) -> Owner:
    """Note that an owner reads mail at their address: it needs no confirmation any more."""
    if owner.confirmed:
        return owner
    proven = replace(owner, confirmed=True)
    owners.save(work.session, proven)
    for one in channels.all_of(work.session, owner.id, work.desk.vault):
        if one.target == owner.email and one.state is ChannelState.UNCONFIRMED:
            confirm(work, one)
    return proven


def add_owner(
    work: Work,
    email: str,
    admin: bool = False,  # noqa: FBT001, FBT002 - a column of the table of owners
    language: str | None = None,
    timezone: str | None = None,
) -> Owner:
    """Add an owner; the first is administrator. Raises InvalidInput or Conflict."""
    given = {"email": email, "language": language, "timezone": timezone}
    first = owners.count(work.session) == 0
    return new_owner(work, given, admin=admin or first, proven=first)


def everyone(work: Work) -> list[Owner]:
    """Every owner, oldest first."""
    return owners.all_of(work.session)


def by_email(work: Work, email: str) -> Owner:
    """The owner with that address; raises NotFound if there is none."""
    found = owners.by_email(work.session, email.strip())
    if found is None:
        raise _nobody(email)
    return found


def id_of(work: Work, email: str) -> OwnerId:
    """The same by their id alone, which is read sooner."""
    found = owners.id_of(work.session, email.strip())
    if found is None:
        raise _nobody(email)
    return found


def _nobody(email: str) -> NotFound:
    return NotFound(f"There is no owner with the address {email.strip()[:80]}")
