"""Channels: add, test, confirm, change and remove the places that reminders go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from reminder.domain.channel import SECRET_OVERLAP, Channel, ChannelState, Use
from reminder.domain.delivery import PATIENCE, SIGNED_CHATS, Format, Kind, Lane
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.domain.owner import Owner
from reminder.errors import InvalidInput, LimitReached, ReminderError
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import channels, log, outbox, owners
from reminder.transports.guard import check_url
from reminder.transports.mime import mailbox
from reminder.transports.places import place_of
from reminder.transports.sign import key_of, new_secret

_CHATS = frozenset(form.value for form in Format if form.is_chat)
SECRET_BYTES = 32
TESTS_A_MINUTE = 60
MOST_CHANNELS = 50


@dataclass(frozen=True, slots=True)
class Added:
    """A channel, whether it is new, and its signing secret where it is shown this once."""

    channel: Channel
    secret: str | None
    is_new: bool


def add(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Added:
    """Add a mailbox or a webhook. One that is there already is returned as it is."""
    person = owners.get(work.session, owner)
    allowed = frozenset({"kind", "address", "url", "format", "secret", "label", "use"})
    fields = Fields(given, allowed)
    kind = fields.choice("kind", Lane)
    if kind is None and "kind" not in given:
        fields.fault("kind", "Choose one of: email, webhook", "required")
    label, use = fields.text("label", 100) or "", fields.choice("use", Use) or Use.ALWAYS
    target, how = "", "email"
    secret: str | None = None
    if kind is Lane.EMAIL:
        target = _address(fields)
    elif kind is Lane.WEBHOOK:
        form = fields.choice("format", Format) or Format.STANDARD
        target, how = _url(work, fields, person, form), form.value
        secret = _chat_secret(fields, form) if form.is_chat else _secret(work, fields)
    fields.check()
    channel = Channel(
        id=ChannelId(work.new_id("chn")),
        owner=owner,
        kind=kind or Lane.EMAIL,
        target=target,
        format=how,
        created_at=work.now,
        label=label,
        use=use,
        state=_first_state(work, person, kind, target),
        secrets=(secret,) if secret else (),
    )
    return _keep(work, channel, None if how in _CHATS else secret)


def _keep(work: Work, channel: Channel, secret: str | None) -> Added:
    there = channels.same(work.session, channel, work.desk.vault)
    if there is not None:
        return Added(there, None, is_new=False)
    held = channels.all_of(work.session, channel.owner, work.desk.vault)
    if len(held) >= MOST_CHANNELS:
        raise InvalidInput.of("kind", f"At most {MOST_CHANNELS} channels: remove one first")
    channels.add(work.session, channel, work.desk.vault)
    if channel.state is ChannelState.UNCONFIRMED and channel.kind is Lane.EMAIL:
        enqueue(work, channel, Kind.CONFIRMATION)
    return Added(channel, secret, is_new=True)


def _first_state(work: Work, owner: Owner, kind: Lane | None, target: str) -> ChannelState:
    """Mail is confirmed by a link, but for the owner's own confirmed address and an instance that
    keeps its mail in a folder (rule 18)."""
    mine = owner.confirmed and target == owner.email
    if kind is Lane.EMAIL and (mine or work.desk.settings.email.server is None):
        return ChannelState.WORKS
    return ChannelState.UNCONFIRMED


def _address(fields: Fields) -> str:
    typed = fields.text("address", 254)
    if typed is None:
        fields.fault("address", "Write one address, such as anna@example.org", "required")
        return ""
    return fields.take(lambda: _mailbox(typed), "")


def _mailbox(typed: str) -> str:
    try:
        return mailbox(typed)
    except ReminderError as error:
        raise InvalidInput.of("address", "Write one address, such as anna@example.org") from error


def _url(work: Work, fields: Fields, owner: Owner, form: Format) -> str:
    typed = fields.text("url", 2000)
    if typed is None:
        fields.fault(
            "url", "Write the address to call, such as https://example.org/hook", "required"
        )
        return ""
    return fields.take(lambda: _checked(work, typed, owner, form), "")


def _checked(work: Work, typed: str, owner: Owner, form: Format) -> str:
    url = check_url(typed, _networks(work), private_allowed=owner.admin)
    place_of(form, url)
    return url


def _networks(work: Work) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(work.desk.settings.webhooks.allow_networks)


def _secret(work: Work, fields: Fields) -> str | None:
    """The secret that was brought, else a new one."""
    typed = fields.text("secret", 200)
    if typed is None:
        return new_secret(work.desk.entropy(SECRET_BYTES))
    try:
        key_of(typed)
    except (ValueError, ReminderError):
        fields.fault("secret", "Write whsec_ and 24 to 64 bytes in base 64, or leave it out")
        return None
    return typed


def _chat_secret(fields: Fields, form: Format) -> str | None:
    """The secret of a chat's robot, where it has one; we make none."""
    typed = fields.text("secret", 200)
    if typed is not None and form not in SIGNED_CHATS:
        fields.fault("secret", f"A {form} address needs no secret: leave it out")
    return typed


def everything(work: Work, owner: OwnerId) -> list[Channel]:
    """An owner's channels, oldest first."""
    return channels.all_of(work.session, owner, work.desk.vault)


def get(work: Work, owner: OwnerId, channel: ChannelId) -> Channel:
    """One channel; raises NotFound for none, or another owner's."""
    return channels.get(work.session, channel, work.desk.vault, owner)


def change(work: Work, owner: OwnerId, channel: ChannelId, given: Mapping[str, object]) -> Added:
    """Change label and use, turn it on (``state: works``) or off (``stopped``), or rotate its
    secret: the old one signs too for another 24 hours. A mailbox that was stopped is confirmed
    anew, for who stopped it may not have been its owner."""
    fields = Fields(given, frozenset({"label", "use", "state", "rotate_secret"}))
    found = get(work, owner, channel)
    label = fields.text("label", 100) or "" if "label" in fields else found.label
    use = fields.choice("use", Use) or found.use
    state = fields.choice("state", ChannelState) or found.state
    if state is not found.state and state not in {ChannelState.WORKS, ChannelState.STOPPED}:
        fields.fault("state", "Only works (resume) and stopped can be set")
    if found.state is ChannelState.UNCONFIRMED and state is ChannelState.WORKS:
        fields.fault("state", "This address is confirmed by the link that was mailed to it")
    rotate = fields.flag("rotate_secret")
    if rotate and found.format != Format.STANDARD:
        fields.fault("rotate_secret", "Only a webhook of format standard has a secret of ours")
    fields.check()
    if (found.state, found.kind, state) == (ChannelState.STOPPED, Lane.EMAIL, ChannelState.WORKS):
        person = owners.get(work.session, owner)
        state = _first_state(work, person, found.kind, found.target)
    changed = replace(found, label=label, use=use, state=state)
    if changed.state is ChannelState.UNCONFIRMED is not found.state:
        enqueue(work, changed, Kind.CONFIRMATION)
    secret = None
    if rotate:
        secret = new_secret(work.desk.entropy(SECRET_BYTES))
        until = work.now + SECRET_OVERLAP
        changed = replace(changed, secrets=(secret, *found.secrets[:1]), rotated_until=until)
    channels.save(work.session, changed, work.desk.vault)
    return Added(changed, secret, is_new=False)


def remove(work: Work, owner: OwnerId, channel: ChannelId) -> None:
    """Forget a channel; what was on its way to it is skipped."""
    get(work, owner, channel)
    channels.remove(work.session, channel)


def test(work: Work, owner: OwnerId, channel: ChannelId) -> DeliveryId:
    """Send a test by the same path as a reminder; raises LimitReached after 60 in a minute."""
    found = get(work, owner, channel)
    minute = timedelta(minutes=1)
    since = work.now - minute
    sent = log.count_kind(work.session, Kind.TEST.value, since, owner=owner, channel=None)
    if sent >= TESTS_A_MINUTE:
        raise LimitReached(f"At most {TESTS_A_MINUTE} tests a minute", minute)
    if found.kind is Lane.EMAIL and found.state is ChannelState.UNCONFIRMED:
        raise InvalidInput.of("channel", "Confirm this address by the link that was mailed to it")
    return enqueue(work, found, Kind.TEST)


def enqueue(work: Work, channel: Channel, kind: Kind, body: str = "") -> DeliveryId:
    """Put a message that is about no line in the outbox, to be sent at once."""
    identity = DeliveryId(work.new_id("dlv"))
    outbox.add_delivery(
        work.session,
        outbox.NewDelivery(
            id=identity,
            owner=channel.owner,
            channel=channel.id,
            kind=kind,
            lane=channel.kind,
            due_at=work.now,
            run_at=work.now,
            expires_at=work.now + PATIENCE[channel.kind].gives_up,
            body=body,
        ),
    )
    return identity


def set_state(work: Work, channel: Channel, state: ChannelState) -> Channel:
    """Confirm or stop a channel by its link."""
    changed = replace(channel, state=state)
    channels.save(work.session, changed, work.desk.vault)
    return changed


def shown(channel: Channel) -> str:
    """An address in full; a URL without its last path part and query, a chat's without any path:
    that is where tokens live."""
    if channel.kind is Lane.EMAIL:
        return channel.target
    parts = urlsplit(channel.target)
    if channel.format in _CHATS:
        return f"{parts.scheme}://{parts.netloc}/…"
    path = parts.path.rsplit("/", 1)[0]
    return f"{parts.scheme}://{parts.netloc}{path}/…"
