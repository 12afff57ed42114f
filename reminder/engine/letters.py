"""Before each try: judge again what a delivery carries, and render what is left of it.

Rule 14: what rolled on, was covered, edited, acknowledged, snoozed, stopped or deleted in the
meantime falls out, with the reason. Rule 16: what is still true gives the same bytes again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from reminder.domain.channel import Channel, Use
from reminder.domain.delivery import (
    EmailTarget,
    Format,
    Kind,
    Lane,
    Message,
    State,
    Target,
    WebhookTarget,
    is_too_old,
    left_at,
)
from reminder.domain.escalation import TAKEN
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import Situation
from reminder.domain.look import look_at
from reminder.domain.notice import Notice, most_urgent_first, notice
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import moot
from reminder.domain.routes import Pay, Place
from reminder.domain.settle import settle
from reminder.domain.signing import LinkKind
from reminder.domain.token import LINK_LIFE, derive, sign, sign_each
from reminder.engine.desk import Desk, today_of
from reminder.engine.door import link_mail
from reminder.engine.parcels import own_address
from reminder.rendering import messages
from reminder.rendering.letterhead import Letterhead, dated
from reminder.storage import channels, escalations, lines, outbox, owners, watches
from reminder.storage.batches import Unread
from reminder.storage.claims import Claimed
from reminder.storage.database import DBAPIError, Session
from reminder.storage.lines import Kept
from reminder.storage.outbox import CHANNEL_OFF, OwedReminder
from reminder.storage.watches import Sight

log = structlog.get_logger(__name__)
TOO_LATE = "too late to be of use"
UNWATCHED = "not watched any more"
VERBS = ("topped-up", "renewed", "used", "balance", "acknowledge", "snooze", "stop")
FIELDS = tuple(verb.replace("-", "_") for verb in VERBS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A claim that is ready to be tried, with the reminders that fell out on the way."""

    claim: Claimed
    message: Message
    target: Target
    fallen: Mapping[ReminderId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim of which nothing is left to send."""

    claim: Claimed
    state: State
    reason: str
    fallen: Mapping[ReminderId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that waits for the end of its reader's quiet hours."""

    claim: Claimed
    until: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """What a claim carries, and, where it stands in for another, what was taken elsewhere."""

    carried: list[OwedReminder]
    taken: AbstractSet[ReminderId]


@dataclass(frozen=True, slots=True)
class Papers:
    """What a batch of claims is judged by, read at once: its lines, its people, its channels, and
    who may see whose tags."""

    kept: Mapping[LineId, Kept]
    people: Unread[Owner]
    channels: Unread[Channel]
    seen: AbstractSet[Sight]

    def person(self, identity: OwnerId) -> Owner:
        """An owner who must be there; raise NotFound if there is none."""
        return owners.among(self.people, identity)


def prepare(
    session: Session, desk: Desk, claims: list[Claimed], now: datetime
) -> list[Letter | Dropped | Held]:
    """Judge and render a batch of claims."""
    carried = outbox.reminders_of(session, [c.id for c in claims])
    standing_in = [c.id for c in claims if c.instead_of is not None]
    taken = escalations.taken_elsewhere(session, standing_in)
    papers = _papers(session, desk, claims, carried)
    loads = {c.id: Load(carried[c.id], taken.get(c.id, frozenset())) for c in claims}
    return [_prepare_guarded(session, desk, c, loads[c.id], papers, now) for c in claims]


def _papers(
    session: Session,
    desk: Desk,
    claims: list[Claimed],
    carried: Mapping[DeliveryId, list[OwedReminder]],
) -> Papers:
    kept = lines.some(session, {r.line for owed in carried.values() for r in owed})
    whose = {one.line.owner for one in kept.values()}
    watching = {c.owner for c in claims for r in carried[c.id] if r.owner != c.owner}
    return Papers(
        kept,
        owners.some(session, whose | {c.owner for c in claims}),
        channels.some(session, {c.channel for c in claims}, desk.vault),
        watches.seen_by(session, watching),
    )


def _prepare_guarded(
    session: Session,
    desk: Desk,
    claim: Claimed,
    load: Load,
    papers: Papers,
    now: datetime,
) -> Letter | Dropped | Held:
    """One message that cannot be made is dead; the others go on. What the database refuses is
    nobody's fault: the claims fall due again."""
    try:
        if claim.kind is not Kind.SIGN_IN:
            return _prepare_one(desk, claim, load, papers, now)
        if is_too_old(claim.kind, claim.expires_at, now):
            return Dropped(claim, State.EXPIRED, TOO_LATE)
        return _link_mail(session, desk, claim)
    except DBAPIError:
        raise
    except Exception:
        log.exception("message not made", delivery=claim.id)
        return Dropped(claim, State.DEAD, "the message could not be made")


def _prepare_one(
    desk: Desk, claim: Claimed, load: Load, papers: Papers, now: datetime
) -> Letter | Dropped | Held:
    owner = papers.people.get(claim.owner)
    if owner is None:
        return Dropped(claim, State.SKIPPED, "deleted")
    own = claim.channel == ChannelId(owner.id)
    channel = own_address(owner) if own else papers.channels.get(claim.channel)
    if channel is None or not channel.takes(claim.kind):
        return Dropped(claim, State.SKIPPED, _no_way(channel, claim.kind))
    if is_too_old(claim.kind, claim.expires_at, now):
        return Dropped(claim, State.EXPIRED, TOO_LATE)
    if claim.kind is not Kind.REMINDER:
        return Letter(claim, _of_kind(desk, claim, owner, channel), target_of(channel, owner, now))
    quiet_until = _quiet_until(desk, claim, owner, now)
    if quiet_until is not None:
        return Held(claim, quiet_until)
    notices, fallen = _judged(desk, owner, load, papers, now)
    if not notices:
        reason = next(iter(fallen.values()), "nothing left to say")
        return Dropped(claim, State.SKIPPED, reason, fallen)
    others = {n.line.owner for n in notices} - {owner.id}
    if others:
        watched = {one: papers.person(one).email for one in sorted(others)}
        message = render_copy(desk, Copy(owner, channel, watched), claim, notices, now)
    else:
        message = render(desk, owner, channel, claim, notices, now)
    return Letter(claim, message, target_of(channel, owner, now), fallen)


def _quiet_until(desk: Desk, claim: Claimed, owner: Owner, now: datetime) -> datetime | None:
    """The end of the quiet hours in which a reminder comes up late: the service or its mail server
    was down until now (rule 3). What left in them was asked for by hand, and goes."""
    steps = ladder(owner, None, desk.habits)
    until, left = steps.moment_after(now), left_at(claim.lane, claim.expires_at)
    return until if until > now and steps.moment_after(left) == left else None


def _no_way(channel: Channel | None, kind: Kind) -> str:
    answered = kind is Kind.CONFIRMATION and channel is not None and channel.is_usable
    return "confirmed already" if answered else CHANNEL_OFF


def _link_mail(session: Session, desk: Desk, claim: Claimed) -> Letter | Dropped:
    mail = link_mail(session, desk, claim)
    if mail is None:
        return Dropped(claim, State.SKIPPED, "nobody has this address")
    head = letterhead(desk, mail.to, own_address(mail.to), claim, claim.due_at)
    frame = replace(head, unsubscribe_url="")
    if mail.kind is LinkKind.ERASE:
        message = messages.erase_message(frame, mail.url, mail.device)
    elif mail.is_new:
        message = messages.sign_up_message(frame, mail.url, mail.device)
    else:
        message = messages.sign_in_message(frame, mail.url, mail.device)
    return Letter(claim, message, EmailTarget(mail.to.email))


def _judged(
    desk: Desk, owner: Owner, load: Load, papers: Papers, now: datetime
) -> tuple[list[Notice], dict[ReminderId, str]]:
    """What there is still to say, and why the rest is not said."""
    notices: list[Notice] = []
    fallen: dict[ReminderId, str] = {}
    for one in load.carried:
        kept = papers.kept.get(one.line)
        if kept is None or one.id in load.taken:
            fallen[one.id] = "deleted" if kept is None else TAKEN
            continue
        case, reason = _case(desk, owner, kept, papers, now)
        seen = look_at(case, now)
        reason = reason or moot(case, one.due, one.planned_at, now, seen.clocks)
        if reason is not None:
            fallen[one.id] = reason
            continue
        if kept.line.owner != owner.id:
            seen = look_at(replace(case, ladder=replace(case.ladder, days=owner.days)), now)
        down = one.due.late and desk.was_down(one.due.due_at, one.planned_at)
        said = notice(seen, one.due, one.id)
        notices.append(replace(said, down=True) if down else said)
    return notices, fallen


def _case(
    desk: Desk, reader: Owner, kept: Kept, papers: Papers, now: datetime
) -> tuple[Situation, str | None]:
    """A line where it stands by its owner's settings; and why a reader who is not its owner may
    not see it any more."""
    person = papers.person(kept.line.owner)
    steps = ladder(person, None, desk.habits)
    case = settle(desk.bare_situation(kept, person, now, steps), now)
    may_see = person.id == reader.id or any(
        (reader.id, person.id, tag) in papers.seen for tag in kept.line.tags
    )
    return case, None if may_see else UNWATCHED


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


def render(
    desk: Desk,
    owner: Owner,
    channel: Channel,
    claim: Claimed,
    notices: list[Notice],
    now: datetime,
) -> Message:
    """The message of these notices for one channel, most urgent first."""
    ordered = most_urgent_first(notices)
    head = letterhead(desk, owner, channel, claim, now, ordered)
    if channel.use is Use.SECOND:
        return messages.second_message(head, ordered, owner.email)
    if channel.kind is Lane.EMAIL:
        return messages.reminder_message(head, ordered)
    payload = messages.reminder_payload(head, ordered)
    return Message(claim.id, claim.kind, owner.language, claim.due_at, "", "", payload=payload)


@dataclass(frozen=True, slots=True)
class Copy:
    """Who gets a copy, by which channel, and the addresses of those whose lines it is about."""

    reader: Owner
    channel: Channel
    watched: Mapping[OwnerId, str]


def render_copy(
    desk: Desk, to: Copy, claim: Claimed, notices: list[Notice], now: datetime
) -> Message:
    """The message for who watches: in their language and zone, with how to top up and no link that
    acts."""
    ordered, language = most_urgent_first(notices), to.reader.language
    shown = {"how_to_top_up", "official"}
    own = letterhead(desk, to.reader, to.channel, claim, now, ordered)
    head = replace(
        own,
        links={n: {k: v for k, v in all_.items() if k in shown} for n, all_ in own.links.items()},
        not_mine_url="",
        watched=to.watched,
    )
    if to.channel.kind is Lane.EMAIL:
        return messages.reminder_message(head, ordered)
    payload = messages.reminder_payload(head, ordered)
    return Message(claim.id, claim.kind, language, claim.due_at, "", "", payload=payload)


def letterhead(
    desk: Desk,
    owner: Owner,
    channel: Channel,
    claim: Claimed,
    now: datetime,
    about: Sequence[Notice] = (),
) -> Letterhead:
    """The frame of a message to one channel, with the links that it offers for each notice."""
    today, is_mail = today_of(owner, now), channel.kind is Lane.EMAIL
    until = dated(claim.due_at, owner.days, today) + LINK_LIFE
    return Letterhead(
        delivery=claim.id,
        owner=owner.id,
        language=owner.language,
        due_at=claim.due_at,
        today=today,
        days=owner.days,
        base_url=desk.settings.server.base_url,
        unsubscribe_url=link(desk, "unsubscribe", channel.id, until) if is_mail else "",
        not_mine_url=link(desk, "not-mine", channel.id, until) if is_mail else "",
        links={n.id: links_of(desk, n, owner, until) for n in about},
        operators={n.line.operator: desk.catalogue.of_line(n.line.operator) for n in about},
        place=Place(owner.place) if owner.place else None,
        pay=Pay(owner.pay) if owner.pay else None,
        format=Format.STANDARD if channel.kind is Lane.EMAIL else Format(channel.format),
        templates=desk.templates,
    )


def _of_kind(desk: Desk, claim: Claimed, owner: Owner, channel: Channel) -> Message:
    """A message that is about no line: a test, a confirmation, a word on a channel."""
    head = letterhead(desk, owner, channel, claim, claim.due_at)
    said = json.loads(desk.vault.open(claim.body)) if claim.body else {}
    match claim.kind:
        case Kind.CONFIRMATION:
            until = claim.due_at + LINK_LIFE
            for_whom = owner.email if channel.use is Use.SECOND else ""
            url = link(desk, "confirm", channel.id, until)
            return messages.confirmation_message(head, url, for_whom)
        case Kind.FAILING:
            return messages.failing_message(head, said["channel"], said.get("why", ""))
        case Kind.HEARTBEAT:
            return messages.heartbeat_message(head, said)
        case Kind.TEST | Kind.REMINDER | Kind.SIGN_IN:
            return messages.test_message(head)
