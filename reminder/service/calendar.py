"""The calendar feed of an owner, at a secret address that can be renewed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from reminder.domain.clocks import Clocks
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Clock, Ladder, LineState, WhenCovered
from reminder.domain.owner import Owner
from reminder.domain.schedule import next_occurrence
from reminder.domain.token import derive
from reminder.engine.desk import Desk
from reminder.errors import NotFound
from reminder.rendering.deadlines import Cover, Entry
from reminder.service import lines
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.storage import owners

AHEAD = timedelta(days=366)
NEAREST = timedelta(days=31)
LINES_A_YEAR = 250
_KEY_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it leaves: its bytes, and the mark by which a client knows them again."""

    content: bytes
    etag: str


def address(desk: Desk, owner: Owner) -> str:
    """Where an owner's feed is read. Whoever knows the address may read it."""
    return f"{desk.settings.server.base_url}/calendar/{_token(desk, owner)}.ics"


def renew(work: Work, owner: OwnerId) -> Owner:
    """Give the feed a new address; the old one is gone."""
    person = owners.get(work.session, owner)
    renewed = replace(person, calendar=person.calendar + 1)
    owners.save(work.session, renewed)
    return renewed


def owner_of(work: Work, token: str) -> Owner:
    """Whose feed is at an address; raises NotFound for one that never was, or is no more."""
    identity, _, _ = token.partition(".")
    owner = owners.get(work.session, OwnerId(identity))
    if not hmac.compare_digest(_token(work.desk, owner).encode(), token.encode()):
        raise NotFound("There is no such calendar")
    return owner


def read(work: Work, owner: Owner) -> Feed:
    """An owner's feed as it is now."""
    content = _written(_cover(work, owner), _entries(work, owner))
    return Feed(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def of_line(work: Work, owner: OwnerId, line: LineId) -> bytes:
    """The deadlines of one line as a file, under the keys that they have in the feed. Raises
    NotFound for none, or another owner's."""
    view = lines.get(work, owner, line)
    is_active = view.standing.state is LineState.ACTIVE
    return _written(_cover(work, view.owner), _of_line(work, view, AHEAD) if is_active else ())


def _token(desk: Desk, owner: Owner) -> str:
    said = f"{owner.id}.{owner.calendar}"
    key = derive(desk.key, "calendar")
    return f"{owner.id}.{hmac.digest(key, said.encode(), 'sha256').hex()[:_KEY_CHARACTERS]}"


def _written(cover: Cover, entries: Iterable[Entry]) -> bytes:
    from reminder.rendering.feed import feed

    return feed(cover, entries)


def _cover(work: Work, owner: Owner) -> Cover:
    base_url = work.desk.settings.server.base_url
    host = urlsplit(base_url).hostname or "reminder"
    return Cover(owner.language, host, base_url)


def _entries(work: Work, owner: Owner) -> Iterator[Entry]:
    views = [v for v in lines.everything(work, owner.id) if v.standing.state is LineState.ACTIVE]
    for view in views:
        yield from _of_line(work, view, _ahead(len(views)))


def _ahead(count: int) -> timedelta:
    """How far the fees of so many lines are foretold: a year, and less for thousands, whose year
    no calendar program would take; the next deadline of each is there in any case."""
    return min(AHEAD, max(NEAREST, AHEAD * LINES_A_YEAR / max(count, 1)))


def _of_line(work: Work, view: LineView, ahead: timedelta) -> Iterator[Entry]:
    today = view.owner.days.of(work.now)
    renewal, period = view.clocks.renewal, view.line.period
    for clock in Clock:
        day = view.clocks.deadline(clock)
        if day is None or _is_fees(view.clocks, clock):
            continue
        one = _entry(work, view, clock, day)
        if clock is Clock.RENEWAL and renewal:
            one = replace(one, short=renewal.short, covered=renewal.covered)
        if clock is Clock.BALANCE and view.clocks.balance:
            one = replace(one, floor=view.clocks.balance.floor)
        yield one
    anchor = view.standing.anchor
    if renewal is None or period is None or anchor is None:
        return
    day = renewal.on
    while (day := next_occurrence(anchor, period, max(day, today))) <= today + ahead:
        yield _entry(work, view, Clock.RENEWAL, day)


def _is_fees(clocks: Clocks, clock: Clock) -> bool:
    """Whether the money runs out because of the fee: then it is the fee's event (rule 10)."""
    return clock is Clock.BALANCE and clocks.balance is not None and clocks.balance.basis == "fee"


def _entry(work: Work, view: LineView, clock: Clock, day: date) -> Entry:
    return Entry(
        key=f"{view.line.id}.{clock}.{day:%Y-%m}{_half(view, clock, day)}",
        line=view.line,
        operator=view.operator,
        clock=clock,
        day=day,
        alarms=_alarms(work, view, clock, day),
        version=view.version,
        changed_at=view.standing.acted_at or view.created_at,
    )


def _half(view: LineView, clock: Clock, day: date) -> str:
    """Periods shorter than a month may end twice in one: the week tells them apart."""
    period = view.line.period
    is_short = clock is Clock.RENEWAL and period is not None and not period.months
    return f".{(day.day - 1) // 7}" if is_short else ""


def _alarms(work: Work, view: LineView, clock: Clock, day: date) -> tuple[datetime, ...]:
    steps: Ladder = view.ladder
    silence = clock is Clock.INACTIVITY
    leads = steps.inactivity_lead_times if silence else steps.lead_times
    renewal = view.clocks.renewal
    if clock is Clock.RENEWAL and view.line.autopay:
        leads = leads[:1]
    elif clock is Clock.RENEWAL and renewal and renewal.on == day and renewal.covered:
        leads = {WhenCovered.ALWAYS: leads, WhenCovered.ONCE: leads[:1]}.get(steps.when_covered, ())
    moments = (steps.moment(day - timedelta(days=lead)) for lead in leads)
    return tuple(moment for moment in moments if moment > work.now)
