"""What is to be said becomes a message: its links, its letterhead, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from reminder.domain.channel import Channel, Use
from reminder.domain.delivery import (
    EmailTarget,
    Format,
    Kind,
    Lane,
    Message,
    Target,
    WebhookTarget,
)
from reminder.domain.ids import OwnerId, ReminderId
from reminder.domain.notice import Notice, most_urgent_first
from reminder.domain.owner import Owner
from reminder.domain.quick import quick
from reminder.domain.signing import LinkKind
from reminder.domain.token import LINK_LIFE, derive, sign, sign_each
from reminder.engine.desk import Desk, today_of
from reminder.engine.door import LinkMail
from reminder.engine.parcels import own_address
from reminder.rendering import messages
from reminder.rendering.letterhead import Letterhead, dated
from reminder.storage.claims import Claimed

VERBS = ("topped-up", "renewed", "used", "balance", "acknowledge", "snooze", "stop")
FIELDS = tuple(verb.replace("-", "_") for verb in VERBS)
_READ_ONLY = ("how_to_top_up", "official")
Links = Mapping[ReminderId, Mapping[str, str]]
_NO_LINKS: Links = MappingProxyType({})


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """A message to be written: of which claim, to whom by which channel, and what it says, most
    urgent first. ``watched`` are the addresses of those whose lines it is about, by owner, where
    the reader only watches them: then no link of it acts."""

    claim: Claimed
    reader: Owner
    channel: Channel
    notices: Sequence[Notice]
    watched: Mapping[OwnerId, str]


Part = tuple[Letterhead, Order]


def order(
    claim: Claimed,
    reader: Owner,
    channel: Channel,
    notices: Iterable[Notice] = (),
    watched: Mapping[OwnerId, str] | None = None,
) -> Order:
    """Order a message, about these reminders if it is about any."""
    return Order(claim, reader, channel, most_urgent_first(notices), watched or {})


def write_each(desk: Desk, orders: Sequence[Order], now: datetime) -> list[Message]:
    """The messages of these orders, each step for all of them (as in
    :func:`reminder.domain.look.look_at_each`)."""
    parts = list(zip(heads_of(desk, orders, now), orders, strict=True))
    written: dict[str, Message] = {}
    for write in (_mails, _hooks, _seconds):
        mine = [part for part in parts if _writer(part[1]) is write]
        written |= {message.id: message for message in write(mine)}
    return [written[one.claim.id] for one in orders]


def _writer(one: Order) -> Callable[[Sequence[Part]], list[Message]]:
    if one.channel.use is Use.SECOND and not one.watched:
        return _seconds
    return _mails if one.channel.kind is Lane.EMAIL else _hooks


def _mails(parts: Sequence[Part]) -> list[Message]:
    return messages.reminder_messages([(head, one.notices) for head, one in parts])


def _hooks(parts: Sequence[Part]) -> list[Message]:
    payloads = messages.reminder_payloads([(head, one.notices) for head, one in parts])
    return [
        Message(head.delivery, one.claim.kind, head.language, head.due_at, "", "", payload=payload)
        for (head, one), payload in zip(parts, payloads, strict=True)
    ]


def _seconds(parts: Sequence[Part]) -> list[Message]:
    return [messages.second_message(head, one.notices, one.reader.email) for head, one in parts]


def heads_of(desk: Desk, orders: Sequence[Order], now: datetime) -> list[Letterhead]:
    """The frames of these messages, with the links that they offer."""
    links = [_links_in(desk, one, now) for one in orders]
    return [letterhead(desk, one, now, offered) for one, offered in zip(orders, links, strict=True)]


def _links_in(desk: Desk, one: Order, now: datetime) -> Links:
    until = _good_until(one, now)
    links = {about.id: links_of(desk, about, one.reader, until) for about in one.notices}
    if one.watched:
        return {n: {k: all_[k] for k in _READ_ONLY if k in all_} for n, all_ in links.items()}
    return links


def target_of(channel: Channel, owner: Owner, now: datetime) -> Target:
    """Where a channel's messages go; only administrators' channels may reach private networks."""
    if channel.kind is Lane.EMAIL:
        return EmailTarget(channel.target)
    return WebhookTarget(
        channel.target,
        channel.signing(now),
        private_allowed=owner.admin,
        format=Format(channel.format),
    )


def link(desk: Desk, verb: str, subject: str, until: datetime) -> str:
    """The address of an action page, good until that instant."""
    token = sign(derive(desk.key, "links"), verb, subject, until)
    return f"{desk.settings.server.base_url}/a/{verb}/{token}"


def links_of(desk: Desk, one: Notice, owner: Owner, until: datetime) -> dict[str, str]:
    """The addresses that a reminder offers, one for each verb, good until that instant."""
    language = owner.language
    base = desk.settings.server.base_url
    tokens = sign_each(derive(desk.key, "links"), VERBS, one.id, until)
    found = {
        field: f"{base}/a/{verb}/{token}"
        for field, verb, token in zip(FIELDS, VERBS, tokens, strict=True)
    }
    operator = desk.catalogue.of_line(one.line.operator)
    said = {"place": owner.place, "pay": owner.pay}
    asked = "".join(f"&{name}={value}" for name, value in said.items() if value)
    found["how_to_top_up"] = f"{base}/operators/{operator.id}?language={language}{asked}"
    official = operator.official_link
    if official is not None:
        found["official"] = official.url
    return found


def _good_until(one: Order, now: datetime) -> datetime:
    return dated(one.claim.due_at, one.reader.days, today_of(one.reader, now)) + LINK_LIFE


def letterhead(desk: Desk, one: Order, now: datetime, links: Links = _NO_LINKS) -> Letterhead:
    """The frame of a message, with these links."""
    reader, channel = one.reader, one.channel
    is_mail = channel.kind is Lane.EMAIL
    unsubscribe, not_mine = _links_of_mail(desk, one, now) if is_mail else ("", "")
    return Letterhead(
        delivery=one.claim.id,
        owner=reader.id,
        language=reader.language,
        due_at=one.claim.due_at,
        today=today_of(reader, now),
        days=reader.days,
        base_url=desk.settings.server.base_url,
        unsubscribe_url=unsubscribe,
        not_mine_url=not_mine,
        links=links,
        operators={n.line.operator: desk.catalogue.of_line(n.line.operator) for n in one.notices},
        place=reader.place,
        pay=reader.pay,
        format=Format.STANDARD if is_mail else Format(channel.format),
        templates=desk.templates,
        watched=one.watched,
    )


def _links_of_mail(desk: Desk, one: Order, now: datetime) -> tuple[str, str]:
    """Where its reader unsubscribes, and says that it is not theirs."""
    until, channel = _good_until(one, now), one.channel.id
    not_mine = "" if one.watched else link(desk, "not-mine", channel, until)
    return link(desk, "unsubscribe", channel, until), not_mine


def link_letter(desk: Desk, mail: LinkMail, claim: Claimed) -> Message:
    """The mail that carries a single-use link."""
    one = order(claim, mail.to, own_address(mail.to))
    head = letterhead(desk, one, claim.due_at)
    frame = replace(head, unsubscribe_url="")
    if mail.kind is LinkKind.ERASE:
        return messages.erase_message(frame, mail.url, mail.device)
    if mail.is_new:
        return messages.sign_up_message(frame, mail.url, mail.device)
    return messages.sign_in_message(frame, mail.url, mail.device)


def of_kind(desk: Desk, claim: Claimed, reader: Owner, channel: Channel) -> Message:
    """A message that is about no line: a test, a confirmation, a word on a channel."""
    head = letterhead(desk, order(claim, reader, channel), claim.due_at)
    said = json.loads(desk.vault.open(claim.body)) if claim.body else {}
    match claim.kind:
        case Kind.CONFIRMATION:
            until = claim.due_at + LINK_LIFE
            for_whom = reader.email if channel.use is Use.SECOND else ""
            url = link(desk, "confirm", channel.id, until)
            return messages.confirmation_message(head, url, for_whom)
        case Kind.FAILING:
            return messages.failing_message(head, said["channel"], said.get("why", ""))
        case Kind.HEARTBEAT:
            return messages.heartbeat_message(head, said)
        case Kind.TEST | Kind.REMINDER | Kind.SIGN_IN:
            return messages.test_message(head)
