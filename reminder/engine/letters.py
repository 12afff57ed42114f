"""Before each try: judge again what a delivery carries, and have written what is left of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from reminder.domain.channel import Channel
from reminder.domain.delivery import EmailTarget, Kind, Message, State, Target, is_too_old, left_at
from reminder.domain.escalation import TAKEN
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import Ladder, Situation
from reminder.domain.look import Look, look_at, look_at_each, settled
from reminder.domain.notice import Notice, notices
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import comes_late, moot
from reminder.domain.quick import quick
from reminder.engine.desk import Desk
from reminder.engine.door import link_mail
from reminder.engine.parcels import own_address
from reminder.engine.steps import together
from reminder.engine.writing import link_letter, of_kind, order, target_of, write_each
from reminder.storage import channels, escalations, lines, outbox, owners, watches
from reminder.storage.batches import Unread
from reminder.storage.claims import Claimed
from reminder.storage.database import DBAPIError, Session
from reminder.storage.lines import Kept
from reminder.storage.outbox import CHANNEL_OFF, OwedReminder
from reminder.storage.watches import MaySee

log = structlog.get_logger(__name__)
TOO_LATE = "too late to be of use"
UNWATCHED = "not watched any more"


@quick
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


Prepared = Letter | Dropped | Held


@dataclass(frozen=True, slots=True)
class Papers:
    """What a batch of claims is judged by, read at once: what each carries, and what of it was
    taken elsewhere where it stands in for another; lines, people, channels, and who may see whose
    tags."""

    carried: Mapping[DeliveryId, list[OwedReminder]]
    taken: Mapping[DeliveryId, AbstractSet[ReminderId]]
    kept: Mapping[LineId, Kept]
    people: Unread[Owner]
    channels: Unread[Channel]
    seen: AbstractSet[MaySee]

    def person(self, identity: OwnerId) -> Owner:
        """An owner who must be there; raise NotFound if there is none."""
        return owners.among(self.people, identity)


@quick
@dataclass(frozen=True, slots=True)
class _Case:
    """A claim that there is a way for: what is still to be said of it, and what fell out. ``steps``
    is when its reader is written to."""

    claim: Claimed
    reader: Owner
    channel: Channel
    steps: Ladder
    notices: list[Notice] = field(default_factory=list)
    fallen: dict[ReminderId, str] = field(default_factory=dict)


@quick
@dataclass(frozen=True, slots=True)
class _Point:
    """One reminder of a case, its line as it is kept, and whose that is."""

    of: _Case
    one: OwedReminder
    kept: Kept
    person: Owner


def prepare(session: Session, desk: Desk, claims: list[Claimed], now: datetime) -> list[Prepared]:
    """Judge and render a batch of claims. One message that cannot be made is dead; the others go
    on. What the database refuses is nobody's fault: the claims fall due again."""
    papers = _papers(session, claims, desk)
    lost: list[Prepared] = []

    def dead(claim: Claimed, error: Exception) -> None:
        if isinstance(error, DBAPIError):
            raise error
        log.error("message not made", delivery=claim.id, exc_info=error)
        lost.append(Dropped(claim, State.DEAD, "the message could not be made"))

    return together(partial(_prepared, session, desk, papers, now), claims, dead) + lost


def _papers(session: Session, claims: Sequence[Claimed], desk: Desk) -> Papers:
    carried = outbox.reminders_of(session, [c.id for c in claims])
    standing_in = [c.id for c in claims if c.instead_of is not None]
    kept = lines.some(session, {r.line for owed in carried.values() for r in owed})
    whose = {one.line.owner for one in kept.values()}
    watching = {c.owner for c in claims for r in carried[c.id] if r.owner != c.owner}
    return Papers(
        carried,
        escalations.taken_elsewhere(session, standing_in),
        kept,
        owners.some(session, whose | {c.owner for c in claims}),
        channels.some(session, {c.channel for c in claims}, desk.vault),
        watches.seen_by(session, watching),
    )


def _prepared(
    session: Session, desk: Desk, papers: Papers, now: datetime, claims: Sequence[Claimed]
) -> Iterator[Prepared]:
    """What these claims come to, each step for all of them (as in
    :func:`reminder.domain.look.look_at_each`)."""
    people = [papers.people.get(claim.owner) for claim in claims]
    ways = [_way(papers, *both) for both in zip(claims, people, strict=True)]
    rows = zip(claims, people, ways, strict=True)
    addressed = [_addressed(session, desk, *row, now) for row in rows]
    cases = [one for one in addressed if isinstance(one, _Case)]
    yield from (one for one in addressed if not isinstance(one, _Case))
    _judge(desk, papers, cases, now)
    yield from (_nothing_left(case) for case in cases if not case.notices)
    told = [case for case in cases if case.notices]
    orders = [
        order(case.claim, case.reader, case.channel, case.notices, _watched(case, papers))
        for case in told
    ]
    for case, message in zip(told, write_each(desk, orders, now), strict=True):
        yield Letter(case.claim, message, target_of(case.channel, case.reader, now), case.fallen)


def _nothing_left(case: _Case) -> Dropped:
    reason = next(iter(case.fallen.values()), "nothing left to say")
    return Dropped(case.claim, State.SKIPPED, reason, case.fallen)


def _watched(case: _Case, papers: Papers) -> dict[OwnerId, str]:
    """The addresses of those whose lines a message is about, where its reader only watches them."""
    others = {one.line.owner for one in case.notices} - {case.reader.id}
    return {one: papers.person(one).email for one in sorted(others)}


def _way(papers: Papers, claim: Claimed, owner: Owner | None) -> Channel | None:
    """The channel that a claim goes to, where there is one still."""
    if owner is not None and claim.channel == ChannelId(owner.id):
        return own_address(owner)
    return papers.channels.get(claim.channel)


def _addressed(
    session: Session,
    desk: Desk,
    claim: Claimed,
    owner: Owner | None,
    channel: Channel | None,
    now: datetime,
) -> Prepared | _Case:
    """A reminder with the way to its reader; what is about no line, or has no way, is done."""
    if claim.kind is Kind.SIGN_IN:
        return _signing_in(session, desk, claim, now)
    if owner is None:
        return Dropped(claim, State.SKIPPED, "deleted")
    if channel is None or not channel.takes(claim.kind):
        return Dropped(claim, State.SKIPPED, _no_way(channel, claim.kind))
    if is_too_old(claim.kind, claim.expires_at, now):
        return Dropped(claim, State.EXPIRED, TOO_LATE)
    if claim.kind is not Kind.REMINDER:
        return Letter(claim, of_kind(desk, claim, owner, channel), target_of(channel, owner, now))
    steps = ladder(owner, None, desk.habits)
    quiet_until = _quiet_until(steps, claim, now)
    return _Case(claim, owner, channel, steps) if quiet_until is None else Held(claim, quiet_until)


def _signing_in(session: Session, desk: Desk, claim: Claimed, now: datetime) -> Letter | Dropped:
    if is_too_old(claim.kind, claim.expires_at, now):
        return Dropped(claim, State.EXPIRED, TOO_LATE)
    mail = link_mail(session, desk, claim)
    if mail is None:
        return Dropped(claim, State.SKIPPED, "nobody has this address")
    return Letter(claim, link_letter(desk, mail, claim), EmailTarget(mail.to.email))


def _quiet_until(steps: Ladder, claim: Claimed, now: datetime) -> datetime | None:
    """The end of the quiet hours in which a reminder comes up late: the service or its mail server
    was down until now (rule 3). What left in them was asked for by hand, and goes."""
    until, left = steps.moment_after(now), left_at(claim.lane, claim.expires_at)
    return until if until > now and steps.moment_after(left) == left else None


def _no_way(channel: Channel | None, kind: Kind) -> str:
    answered = kind is Kind.CONFIRMATION and channel is not None and channel.is_usable
    return "confirmed already" if answered else CHANNEL_OFF


def _judge(desk: Desk, papers: Papers, cases: Sequence[_Case], now: datetime) -> None:
    """Find what there is still to say in each case, and why the rest is not said."""
    points = [point for case in cases for point in _points(papers, case)]
    situations = [_situation(desk, point, now) for point in points]
    seen = [settled(look) for look in look_at_each(situations, now)]
    judged = list(zip(points, seen, strict=True))
    reasons = [_moot(papers, point, look) for point, look in judged]
    told = [(*both, reason) for both, reason in zip(judged, reasons, strict=True)]
    for point, _, reason in told:
        if reason is not None:
            point.of.fallen[point.one.id] = reason
    standing = [(point, _as_read(point, look)) for point, look, reason in told if reason is None]
    said = notices([(look, point.one.due, point.one.id) for point, look in standing])
    for (point, look), one in zip(standing, said, strict=True):
        point.of.notices.append(_timed(desk, point, one, look.now))


def _points(papers: Papers, case: _Case) -> Iterator[_Point]:
    taken = papers.taken.get(case.claim.id, frozenset())
    for one in papers.carried[case.claim.id]:
        kept = papers.kept.get(one.line)
        if kept is None or one.id in taken:
            case.fallen[one.id] = "deleted" if kept is None else TAKEN
        else:
            yield _Point(case, one, kept, papers.person(kept.line.owner))


def _situation(desk: Desk, point: _Point, now: datetime) -> Situation:
    """A line by its owner's settings."""
    return desk.bare_situation(
        point.kept, point.person, now, ladder(point.person, None, desk.habits)
    )


def _moot(papers: Papers, point: _Point, look: Look) -> str | None:
    """Why a reminder is not said: its reader may not see the line any more, or it is moot."""
    reader, person = point.of.reader, point.person
    if person.id != reader.id and not any(
        (reader.id, person.id, tag) in papers.seen for tag in point.kept.line.tags
    ):
        return UNWATCHED
    return moot(look.case, point.one.due, point.one.planned_at, look.now, look.clocks)


def _timed(desk: Desk, point: _Point, said: Notice, now: datetime) -> Notice:
    """What is said of a reminder: that it is late, where it is, and that we were down, where that
    is known (rule 5)."""
    due, claim = point.one.due, point.of.claim
    if due.late:
        down = desk.was_down(due.due_at, point.one.planned_at)
        return replace(said, down=True) if down else said
    left = left_at(claim.lane, claim.expires_at)
    return replace(said, late=True) if comes_late(due, left, point.of.steps, now) else said


def _as_read(point: _Point, look: Look) -> Look:
    """A line by the calendar of who reads of it."""
    reader, case = point.of.reader, look.case
    if point.person.id == reader.id:
        return look
    return look_at(replace(case, ladder=case.ladder.by(reader.days)), look.now)
