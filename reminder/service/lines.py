"""Register, look at, change and remove lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reminder.catalogue.catalogue import Guess
from reminder.catalogue.operator import Operator
from reminder.domain import phone
from reminder.domain.acts import Entry, begin, record
from reminder.domain.balance import Reading, ReadingKind, last_reading
from reminder.domain.clocks import Clocks
from reminder.domain.delivery import Format, Kind, Lane, Message
from reminder.domain.forecast import Forecast
from reminder.domain.forecast import forecast as look_ahead
from reminder.domain.foresight import schedule as foreseen
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReadingId, ReminderId
from reminder.domain.line import Clock, Ladder, Line, LineState, Situation, Standing
from reminder.domain.look import Due, Key, Known, Look, look_at
from reminder.domain.notice import next_due_at, notice
from reminder.domain.owner import LANGUAGES, Owner, ladder
from reminder.domain.plan import wake_at
from reminder.domain.schedule import parse_date
from reminder.domain.settle import settle
from reminder.engine.parcels import channels_for, own_address
from reminder.engine.planner import keep_bookings
from reminder.engine.writing import heads_of, order
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.rendering import messages
from reminder.rendering.display import country_of_zone
from reminder.service import dates as days
from reminder.service import drafts
from reminder.service.dates import Dates, Draft
from reminder.service.work import Work
from reminder.storage import channels, lines, outbox, owners
from reminder.storage.board import Row
from reminder.storage.claims import Claimed
from reminder.storage.lines import Kept

MONTH = timedelta(days=31)
MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it is now: what was entered, its clocks, and what comes next."""

    line: Line
    standing: Standing
    clocks: Clocks
    readings: tuple[Reading, ...]
    next_due_at: datetime | None
    operator: Operator
    owner: Owner
    created_at: datetime
    version: int
    guess: Guess | None
    ladder: Ladder

    @property
    def case(self) -> Situation:
        """The line as the rules look at it."""
        return Situation(self.line, self.standing, self.readings, self.ladder)


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to come; ``timezone`` is where its owner is then."""

    due_at: datetime
    timezone: str
    clock: Clock
    also: tuple[Clock, ...]
    deadline: date
    lead_days: int
    covered: bool
    channels: tuple[ChannelId, ...]


def view(work: Work, kept: Kept, owner: Owner, seen: Row | None = None) -> LineView:
    """Read a kept line's clocks at the work's instant, as if every passed deadline were judged.
    ``seen`` is its row on a board: the next message is known from there."""
    case = settle(work.desk.situation(kept, owner, work.now), work.now)
    found = look_at(case, work.now)
    operator = work.desk.catalogue.of_line(kept.line.operator)
    return LineView(
        line=case.line,
        standing=case.standing,
        clocks=found.clocks,
        readings=case.readings,
        next_due_at=seen.next_due_at if seen else next_due_at(found),
        operator=operator,
        owner=owner,
        created_at=kept.created_at,
        version=kept.version,
        guess=work.desk.catalogue.guess(kept.line.number),
        ladder=case.ladder,
    )


def keep(work: Work, kept: Kept, case: Situation, line: Line | None = None) -> Kept:
    """Write a line anew after something was done or entered, and have it looked at in time."""
    case = keep_bookings(work.session, work.desk, case, kept, work.now)
    known = outbox.known(work.session, [kept.line.id])[kept.line.id]
    wake = wake_at(case, known, work.now)
    version = lines.save(work.session, kept, line or kept.line, case.standing, wake)
    readings = case.readings
    return Kept(line or kept.line, case.standing, readings, version, kept.created_at)


def register(
    work: Work, owner: OwnerId, fields: Mapping[str, object], *, undated: bool = False
) -> LineView:
    """Add a line; ``undated``: also one on which no clock runs yet. Raises InvalidInput with every
    fault, Conflict when the number is there."""
    person = owners.get(work.session, owner)
    dates = Dates.MAY_MISS if undated else Dates.ASKED
    draft = drafts.read(work, person, fields, None, LineId(work.new_id("lin")), dates=dates)
    case = opened(work, begun(work, person, draft), draft)
    wake = wake_at(case, {}, work.now)
    lines.add(work.session, draft.line, case.standing, wake, work.now)
    blank = Kept(draft.line, case.standing, (), 1, work.now)
    case = keep_bookings(work.session, work.desk, case, blank, work.now)
    return view(work, replace(blank, readings=case.readings), person)


def begun(work: Work, person: Owner, draft: Draft, steps: Ladder | None = None) -> Situation:
    """A new line as the rules look at it, but for its balance; leads are owed from now on.
    ``steps``: the person's own, where those are at hand."""
    blank = Kept(draft.line, _standing(draft, Standing()), (), 1, work.now)
    steps = steps or ladder(person, None, work.desk.habits)
    return begin(work.desk.bare_situation(blank, person, work.now, steps), work.now)


def opened(work: Work, case: Situation, draft: Draft) -> Situation:
    """A line with the balance that it was entered with."""
    if draft.balance is None:
        return case
    entry = Entry(ReadingId(work.new_id("rdg")), draft.balance)
    return record(case, ReadingKind.READING, entry, work.now)


def _standing(draft: Draft, before: Standing) -> Standing:
    """Where a line starts from: an undated daily fee and no date at all run no renewal clock. Fee
    days are counted from the anchor while it leads to them, else from this one."""
    renews_on = None if draft.is_daily else draft.renews_on
    anchor = draft.anchor if draft.anchor and days.fits(draft.anchor, draft) else renews_on
    anchor = anchor if renews_on else None
    active = draft.last_active_on
    return before.changed(renews_on=renews_on, anchor=anchor, last_active_on=active)


def change(work: Work, owner: OwnerId, line: LineId, fields: Mapping[str, object]) -> LineView:
    """Change what a merge patch names; what sets deadlines makes leads be owed anew (rule 4)."""
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    entered, case = patched(work, person, kept, fields)
    _check_number_is_free(work, entered)
    return view(work, keep(work, kept, case, entered), person)


def patched(
    work: Work, person: Owner, kept: Kept, fields: Mapping[str, object]
) -> tuple[Line, Situation]:
    """A line as a merge patch leaves it, and where it then stands."""
    old = settle(work.desk.situation(kept, person, work.now), work.now)
    before = _as_it_was(kept.line, old)
    draft = drafts.read(work, person, fields, before, kept.line.id)
    standing = _standing(draft, old.standing)
    if standing.renews_on != old.standing.renews_on:
        standing = replace(standing, overdue=False, dealt_with=None, unconfirmed=False)
        standing = replace(standing, state=_reopened(standing))
    moved = replace(kept, line=draft.line, standing=standing, readings=old.readings)
    case = work.desk.situation(moved, person, work.now).moved(acted_at=work.now)
    if _sets_deadlines(kept.line, draft.line, old.standing, standing):
        case = begin(case, work.now)
    return draft.line, opened(work, case, draft)


def _as_it_was(line: Line, old: Situation) -> Draft:
    last = last_reading(old.readings)
    return Draft(
        line=line,
        renews_on=old.standing.renews_on,
        anchor=old.standing.anchor,
        last_active_on=old.standing.last_active_on,
        balance=last.money(line.currency) if last else None,
    )


def _reopened(standing: Standing) -> LineState:
    ended = standing.state is LineState.ENDED and standing.renews_on is not None
    return LineState.ACTIVE if ended else standing.state


def _check_number_is_free(work: Work, line: Line) -> None:
    there = lines.taken(work.session, line.owner, line.number)
    if there is not None and there.line != line.id:
        raise there


def _sets_deadlines(old: Line, new: Line, before: Standing, after: Standing) -> bool:
    def what(line: Line, standing: Standing) -> tuple[object, ...]:
        return (
            line.fee,
            line.period,
            line.lead_times,
            line.charged_by,
            line.autopay,
            line.low_balance,
            line.inactivity_days,
            standing.renews_on,
            standing.last_active_on,
        )

    return what(old, before) != what(new, after)


def get(work: Work, owner: OwnerId, line: LineId) -> LineView:
    """One line; raises NotFound for none, or another owner's."""
    person = owners.get(work.session, owner)
    return view(work, lines.get(work.session, line, owner), person)


def everything(work: Work, owner: OwnerId) -> list[LineView]:
    """All lines of an owner, most urgent first: what needs somebody by its day, then the rest."""
    person = owners.get(work.session, owner)
    views = [view(work, kept, person) for kept in lines.all_of(work.session, owner)]
    return sorted(views, key=_urgency)


def _urgency(one: LineView) -> tuple[int, date, str]:
    leading = one.clocks.leading
    if one.standing.state is not LineState.ACTIVE:
        return (2, date.max, one.line.id)
    deadline = one.clocks.deadline(leading) if leading else None
    return (0 if deadline else 1, deadline or date.max, one.line.id)


def remove(work: Work, owner: OwnerId, line: LineId) -> None:
    """Forget a line at once; nothing more is sent about it, the log keeps its label."""
    lines.get(work.session, line, owner)
    lines.remove(work.session, line)


def find(work: Work, owner: OwnerId, text: str) -> LineId:
    """The line of an id, a number in any spelling, or an unambiguous label."""
    person = owners.get(work.session, owner)
    everyone = lines.all_of(work.session, owner)
    wanted = text.strip()
    numbers = _as_number(wanted, person)
    exact = [k.line.id for k in everyone if wanted == k.line.id or k.line.number == numbers]
    named = [k.line.id for k in everyone if k.line.label and _same(k.line.label, wanted)]
    found = exact or named
    if not found:
        raise NotFound(f"You have no line {wanted!r}: write its id, number or label")
    if len(found) > 1:
        raise Conflict(f"{len(found)} lines are labelled {wanted!r}: write the number instead")
    return found[0]


def _same(label: str, wanted: str) -> bool:
    return label.casefold() == wanted.casefold()


def _as_number(text: str, owner: Owner) -> str | None:
    try:
        return phone.parse(text, country_of_zone(owner.timezone))
    except InvalidInput:
        return None


def schedule(work: Work, owner: OwnerId, line: LineId, months: int) -> list[Planned]:
    """Every message of the coming months, if each deadline is met on its day (rule 24)."""
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidInput.of("months", f"Write a whole number from 1 to {MOST_MONTHS}")
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    case = work.desk.situation(kept, person, work.now)
    known = outbox.known(work.session, [line])[line]
    mine = channels.all_of(work.session, owner, work.desk.vault)
    to = tuple(c.id for c in channels_for(person, kept.line, mine))
    ahead = foreseen(look_at(case, work.now), known, work.now + months * MONTH)
    there = person.days.zone_at
    return [
        Planned(d.due_at, there(d.due_at), *_named(d), covered=d.covered, channels=to)
        for d in ahead
    ]


def forecast(work: Work, owner: OwnerId, line: LineId, until: str | None) -> Forecast:
    """How far a line's money goes, and what reaches the day ``until`` (three months on, if none is
    named)."""
    day = None if until is None else parse_date(until, "until")
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    case = settle(work.desk.situation(kept, person, work.now), work.now)
    return look_ahead(case, work.now, day)


def _named(due: Due) -> tuple[Clock, tuple[Clock, ...], date, int]:
    return due.key.clock, due.also, due.key.deadline, due.key.lead_days


def preview(
    work: Work,
    owner: OwnerId,
    line: LineId,
    language: str | None,
    form: Format = Format.STANDARD,
) -> Message:
    """The next message about a line, rendered as it would be sent now; its links act on nothing.
    ``form`` is that of its payload."""
    if language is not None and language not in LANGUAGES:
        raise InvalidInput.of("language", f"Choose one of: {', '.join(LANGUAGES)}")
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    case = settle(work.desk.situation(kept, person, work.now), work.now)
    due = _next_reminder(look_at(case, work.now), {})
    if due is None:
        raise Conflict("No message about this line is foreseen")
    shown = replace(person, language=language or person.language)
    at = max(due.due_at, work.now)
    one = notice(look_at(case, at), due, ReminderId("rem_preview"))
    claim = _preview_claim(shown, due.due_at)
    (head,) = heads_of(work.desk, [order(claim, shown, own_address(shown), [one])], at)
    mail = messages.reminder_message(head, [one])
    return replace(mail, payload=messages.reminder_payload(replace(head, format=form), [one]))


def _next_reminder(seen: Look, known: Known) -> Due | None:
    ahead, renewal = foreseen(seen, known, seen.now + 13 * MONTH), seen.clocks.renewal
    if renewal and renewal.overdue:
        return Due(Key(Clock.RENEWAL, renewal.on, renewal.days_left), seen.now)
    return next((d for d in ahead if d.due_at >= seen.now), ahead[0] if ahead else None)


def _preview_claim(owner: Owner, due_at: datetime) -> Claimed:
    return Claimed(
        DeliveryId("dlv_preview"),
        0,
        0,
        owner.id,
        ChannelId(owner.id),
        Kind.REMINDER,
        Lane.EMAIL,
        due_at,
        due_at,
        "",
    )
