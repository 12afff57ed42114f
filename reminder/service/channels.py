"""Channels: add, test, confirm, change and remove the places that reminders go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

from reminder.domain.channel import ASKED_EVERY, SECRET_OVERLAP, Channel, ChannelState, Use, Why
from reminder.domain.delivery import SIGNED_CHATS, Format, Kind, Lane, expires_at
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.domain.owner import Owner
from reminder.engine import health
from reminder.engine.planner import reach_of
from reminder.errors import InvalidInput, LimitReached, ReminderError
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import channels, escalations, log, outbox, owners
from reminder.transports.guard import check_url
from reminder.transports.mime import mailbox
from reminder.transports.places import place_of
from reminder.transports.sign import key_of, new_secret

_OF_WEBHOOKS = ("url", "format", "secret")
_CHATS = frozenset(form.value for form in Format if form.is_chat)
SECRET_BYTES = 32
TESTS_A_MINUTE = 60
MOST_CHANNELS = 50
OWED_FOR = timedelta(days=2)
SEALED = "Its address must be typed again: remove it, then add it anew"


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
    if kind is None:
        fields.fault("kind", "Choose one of: email, webhook", "required")
    label, use = (
        fields.text("label", 100, blank=True) or "",
        fields.choice("use", Use, without=[Use.SECOND]),
    )
    target, how = "", "email"
    secret: str | None = None
    if kind is Lane.EMAIL:
        fields.refuse(_OF_WEBHOOKS, "A mailbox has no such field: leave it out, or add a webhook")
        target = _address(fields)
    elif kind is Lane.WEBHOOK:
        fields.refuse(("address",), "A webhook has a url instead: leave the address out")
        form = fields.choice("format", Format) or Format.STANDARD
        target, how = _url(work, fields, person, form), form.value
        secret = _chat_secret(fields, form) if form.is_chat else _secret(work, fields)
    fields.check()
    state = _first_state(work, person, kind, target)
    channel = Channel(
        id=ChannelId(work.new_id("chn")),
        owner=owner,
        kind=kind or Lane.EMAIL,
        target=target,
        format=how,
        created_at=work.now,
        label=label,
        use=use or Use.ALWAYS,
        state=state,
        secrets=(secret,) if secret else (),
        confirmed_at=work.now if state is ChannelState.WORKS else None,
    )
    return keep(work, channel, None if how in _CHATS else secret)


def keep(work: Work, channel: Channel, secret: str | None = None) -> Added:
    """Keep a new channel; a mailbox that is not confirmed is asked. One that is there already is
    returned as it is. Raises InvalidInput when there are too many."""
    there = channels.same(work.session, channel, work.desk.vault)
    if there is not None:
        return Added(there, None, is_new=False)
    held = channels.all_of(work.session, channel.owner, work.desk.vault)
    if len(held) >= MOST_CHANNELS:
        raise InvalidInput.of("kind", f"At most {MOST_CHANNELS} channels: remove one first")
    channels.add(work.session, channel, work.desk.vault)
    if _waits(channel):
        ask(work, channel)
    elif channel.is_usable:
        _have_asked_again(work, channel.owner)
    return Added(channel, secret, is_new=True)


def _waits(channel: Channel) -> bool:
    """Whether it is a mailbox that has not said yes."""
    return channel.kind is Lane.EMAIL and channel.state is ChannelState.UNCONFIRMED


def ask(work: Work, channel: Channel) -> DeliveryId:
    """Ask a mailbox whether we may write to it. An address gets one such mail a day, whoever
    entered it: a second one waits for its day, for a third LimitReached is raised."""
    at = channels.next_question_at(work.session, channel.target, work.desk.vault, work.now)
    if at > work.now + ASKED_EVERY:
        raise LimitReached(
            "This address was asked today, and is asked again tomorrow: wait for that mail",
            at - work.now,
        )
    return enqueue(work, channel, Kind.CONFIRMATION, at=at)


def ask_again(work: Work, owner: OwnerId, channel: ChannelId) -> DeliveryId:
    """Mail the confirmation anew; raises InvalidInput for what is no unconfirmed mailbox."""
    found = get(work, owner, channel)
    if not _waits(found):
        raise InvalidInput.of("channel", "Only an address that is not confirmed yet is asked")
    return ask(work, found)


def _have_asked_again(work: Work, owner: OwnerId) -> None:
    """A channel can be used from now on: what nobody took lately is told by it."""
    escalations.ask_again(work.session, owner, work.now - OWED_FOR, work.now)


def _first_state(work: Work, owner: Owner, kind: Lane | None, target: str) -> ChannelState:
    """Mail is confirmed by a link, but for the owner's own confirmed address and an instance that
    keeps its mail in a folder (rule 18)."""
    mine = owner.confirmed and target == owner.email
    if kind is Lane.EMAIL and (mine or work.desk.settings.email.server is None):
        return ChannelState.WORKS
    return ChannelState.UNCONFIRMED


def _address(fields: Fields) -> str:
    typed = fields.text("address", 254, blank=True)
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
    typed = fields.text("url", 2000, blank=True)
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
    """An owner's channels, oldest first, without the second contact's."""
    mine = channels.all_of(work.session, owner, work.desk.vault)
    return [c for c in mine if c.use is not Use.SECOND]


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong with the ways out: channels that fell silent without their owner's wish, and
    whether nothing at all can reach the owner."""

    off: tuple[Channel, ...]
    is_cut_off: bool


def troubles(work: Work, owner: OwnerId) -> Troubles:
    """What the board must say of the channels (rules 17 and 18)."""
    reach = reach_of(work.session, work.desk, owners.get(work.session, owner))
    off = tuple(c for c in reach.channels if c.is_off_unasked)
    return Troubles(off, reach.is_cut_off)


def places(work: Work, owner: OwnerId) -> dict[str, str]:
    """Every place that messages of this owner went to, as they call it: by channel, the second
    contact and the owner's own address among them."""
    mine = channels.all_of(work.session, owner, work.desk.vault)
    own = {str(owner): owners.get(work.session, owner).email}
    return own | {str(c.id): c.label or c.shown for c in mine}


def get(work: Work, owner: OwnerId, channel: ChannelId) -> Channel:
    """One channel; raises NotFound for none, or another owner's."""
    return channels.get(work.session, channel, work.desk.vault, owner)


def change(work: Work, owner: OwnerId, channel: ChannelId, given: Mapping[str, object]) -> Added:
    """Change label and use, turn it on (``state: works``) or off (``stopped``), or rotate its
    secret: the old one signs too for another 24 hours."""
    fields = Fields(given, frozenset({"label", "use", "state", "rotate_secret"}))
    found = get(work, owner, channel)
    label = fields.text("label", 100, blank=True) or "" if "label" in fields else found.label
    use = fields.choice("use", Use, without=[Use.SECOND]) or found.use
    state = _wanted_state(fields, found)
    rotate = fields.flag("rotate_secret")
    if rotate and found.format != Format.STANDARD:
        fields.fault("rotate_secret", "Only a webhook of format standard has a secret of ours")
    if found.why is Why.SEALED:
        fields.fault("state", SEALED)
    fields.check()
    changed = replace(found, label=label, use=use)
    if state is not found.state:
        changed = _turned(work, changed, state)
    secret = None
    if rotate:
        secret = new_secret(work.desk.entropy(SECRET_BYTES))
        until = work.now + SECRET_OVERLAP
        changed = replace(changed, secrets=(secret, *found.secrets[:1]), rotated_until=until)
    channels.save(work.session, changed, work.desk.vault)
    work.session.flush()
    if changed.is_usable and not found.is_usable:
        _have_asked_again(work, owner)
    return Added(changed, secret, is_new=False)


def _wanted_state(fields: Fields, found: Channel) -> ChannelState:
    settable = {ChannelState.WORKS, ChannelState.STOPPED}
    state = fields.choice("state", ChannelState, without=set(ChannelState) - settable)
    state = state or found.state
    if found.state is ChannelState.UNCONFIRMED and state is ChannelState.WORKS:
        fields.fault("state", "This address is confirmed by the link that was mailed to it")
    return state


def _turned(work: Work, found: Channel, state: ChannelState) -> Channel:
    """A channel that its owner turns off, or on: one that was confirmed works at once. A mailbox
    that never was, or whose holder said that it is not theirs, is asked; a webhook that never took
    anything shows that it has not."""
    if state is ChannelState.STOPPED:
        return replace(found, state=state, why=Why.WISH)
    person = owners.get(work.session, found.owner)
    fresh = replace(found, why=Why.WISH, failing_since=None)
    said_yes = found.confirmed_at is not None and found.why is not Why.NOT_MINE
    if said_yes or _first_state(work, person, found.kind, found.target) is ChannelState.WORKS:
        return replace(fresh, state=ChannelState.WORKS)
    fresh = replace(fresh, state=ChannelState.UNCONFIRMED, confirmed_at=None)
    if fresh.kind is Lane.EMAIL:
        ask(work, fresh)
    return fresh


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
    if _waits(found):
        raise InvalidInput.of("channel", "Confirm this address by the link that was mailed to it")
    if not found.takes(Kind.TEST):
        raise InvalidInput.of("channel", "This channel is stopped: resume it first")
    if found.why is Why.SEALED:
        raise InvalidInput.of("channel", SEALED)
    return enqueue(work, found, Kind.TEST)


def enqueue(
    work: Work, channel: Channel, kind: Kind, body: str = "", at: datetime | None = None
) -> DeliveryId:
    """Put a message that is about no line in the outbox, to be sent at once, or at an instant."""
    identity, leaves_at = DeliveryId(work.new_id("dlv")), at or work.now
    outbox.add_delivery(
        work.session,
        outbox.NewDelivery(
            id=identity,
            owner=channel.owner,
            channel=channel.id,
            kind=kind,
            lane=channel.kind,
            due_at=leaves_at,
            run_at=leaves_at,
            expires_at=expires_at(kind, channel.kind, leaves_at),
            body=body,
        ),
    )
    return identity


def confirm(work: Work, channel: Channel) -> Channel:
    """Its holder said yes by the link: it is written to from now on."""
    said = replace(channel, state=ChannelState.WORKS, why=Why.WISH, confirmed_at=work.now)
    channels.save(work.session, said, work.desk.vault)
    work.session.flush()
    _have_asked_again(work, channel.owner)
    return said


def turn_off(work: Work, channel: Channel, why: Why) -> Channel:
    """A link of a message stops a channel, confirmed or not; its owner is told by another."""
    return health.turn_off(work.session, work.desk, channel, why, work.now)


def shown(channel: Channel) -> str:
    """An address in full; a URL without its last path part and query, a chat's without any path:
    that is where tokens live."""
    return channel.shown
