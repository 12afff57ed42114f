"""The log of messages: what was sent, what is tried again, what was not sent and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.delivery import Kind, Outcome, State
from reminder.domain.foresight import schedule
from reminder.domain.ids import DeliveryId
from reminder.domain.look import look_at
from reminder.domain.phone import mask
from reminder.errors import InvalidInput
from reminder.rendering import display
from reminder.service import channels, deliveries, overview
from reminder.service.deliveries import Logged, LoggedReminder
from reminder.service.lines import LineView
from reminder.service.overview import Named
from reminder.web.channel_rows import rows_of
from reminder.web.reasons import reason_words, try_words
from reminder.web.telling import name_of
from reminder.web.visit import Visit
from reminder.web.words import mark

PAGE = 50
PLANNED = 3
MOST_SENT = 8
KEPT = "kept"
_NUMBER = re.compile(r"\+\d{7,15}")
STATES: Mapping[State, tuple[str, str, str]] = {
    State.PENDING: ("soon", "soon", mark("on its way")),
    State.SENT: ("fine", "fine", mark("delivered")),
    State.DEAD: ("now", "now", mark("not delivered")),
    State.SKIPPED: ("rest", "rest", mark("not sent")),
    State.EXPIRED: ("rest", "rest", mark("too late to send")),
}
_AGAIN = ("soon", "soon", mark("trying again"))
_PLANNED = ("rest", "soon", mark("planned"))
_KINDS: Mapping[str, str] = {
    Kind.TEST: mark("Test"),
    Kind.CONFIRMATION: mark("Confirmation of an address"),
    Kind.SIGN_IN: mark("Sign-in link"),
    Kind.FAILING: mark("A channel does not work"),
    Kind.HEARTBEAT: mark("Sign of life"),
    Kind.REMINDER: mark("Reminder"),
}
_CLOCKS: Mapping[str, str] = {
    "renewal": mark("fee on {day}"),
    "balance": mark("low balance from {day}"),
    "inactivity": mark("use before {day}"),
}


@dataclass(frozen=True, slots=True)
class About:
    """One reminder of a message: the number's page if it is still there, its name, what is said,
    how long before, and what became of it if it fell out."""

    line: str
    name: str
    what: Markup
    lead: Markup
    why: Markup


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery as the table shows it; without an id it is only planned."""

    id: str
    time: str
    day: str
    about: tuple[About, ...]
    kind: Markup
    channel: str
    level: str
    icon: str
    word: Markup
    why: Markup
    instead: str
    can_retry: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What the reader calls their numbers and every place that messages went to; ``mine`` are the
    channels among them."""

    lines: Mapping[str, str]
    places: Mapping[str, str]
    mine: Mapping[str, str]


async def _names(visit: Visit) -> Names:
    places = await visit.read(lambda work: channels.places(work, visit.me.id))
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    numbers = await visit.read(lambda work: overview.numbers(work, visit.me.id))
    return Names(
        {str(one.id): _name(visit, one) for one in numbers},
        places,
        {str(c.id): places[str(c.id)] for c in mine},
    )


def _name(visit: Visit, one: Named) -> str:
    """As :func:`reminder.web.telling.name_of` calls a number whose clocks are read."""
    if one.label:
        return one.label
    operator = visit.site.app.catalogue.get(one.operator)
    return f"{operator.names.in_(visit.language)} …{one.number[-2:]}"


async def index(visit: Visit) -> Response:
    """``/deliveries``."""
    asked = {name: visit.asked(name) or None for name in ("line", "channel", "state", "before")}
    found = await _found(visit, asked)
    names = await _names(visit)
    is_whole = not any(asked.values())
    where = _where(visit, found, names.places)
    rows = [_row(visit, one, names, where) for one in found[:PAGE]]
    kept = {name: value for name, value in asked.items() if value and name != "before"}
    older = urlencode({**kept, "before": found[PAGE - 1].id}) if len(found) > PAGE else ""
    return visit.render(
        "deliveries.html",
        days=_by_day([*(await _planned(visit) if is_whole else ()), *rows]),
        lines=[("", visit.t("All numbers")), *names.lines.items()],
        places=[("", visit.t("All channels")), *names.mine.items()],
        states=[("", visit.t("All results")), *((s.value, visit.t(STATES[s][2])) for s in STATES)],
        values={name: value or "" for name, value in asked.items()},
        older=older,
        newest=urlencode(kept) if asked["before"] else None,
        zone=display.city(visit.zone, visit.language),
        channel_rows=await rows_of(visit) if is_whole else [],
        keep=_kept_days(visit),
        said=visit.asked("said"),
    )


async def _found(visit: Visit, asked: Mapping[str, str | None]) -> list[Logged]:
    """One more than a page; nothing for a filter that cannot be meant."""
    try:
        return await visit.read(
            lambda work: deliveries.everything(
                work,
                visit.me.id,
                line=asked["line"],
                channel=asked["channel"],
                state=asked["state"],
                limit=PAGE + 1,
                before=asked["before"],
            )
        )
    except InvalidInput:
        return []


def _kept_days(visit: Visit) -> str:
    return display.days(visit.site.app.settings.history.keep // timedelta(days=1), visit.language)


def _by_day(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    return [(day, list(group)) for day, group in groupby(rows, key=lambda row: row.day)]


async def _planned(visit: Visit) -> list[Row]:
    """The next messages, of which there is no row yet: the latest first, as in the log."""
    coming = await visit.read(lambda work: overview.next_messages(work, visit.me.id, PLANNED))
    return [
        Row(
            id="",
            time=visit.time(at),
            day=_day(visit, visit.days.of(at)),
            about=(_planned_about(visit, view, at),),
            kind=visit.t(_KINDS[Kind.REMINDER]),
            channel="",
            level=_PLANNED[0],
            icon=_PLANNED[1],
            word=visit.t(_PLANNED[2]),
            why=Markup(""),
            instead="",
            can_retry=False,
        )
        for at, view in reversed(coming)
    ]


def _planned_about(visit: Visit, view: LineView, at: datetime) -> About:
    """What that message is going to be about; a repeat, which is not foreseen, is of the clock that
    leads."""
    seen = look_at(view.case, visit.now)
    due = next((d for d in schedule(seen, {}, at) if d.due_at == at), None)
    clock = due.key.clock if due else view.clocks.leading
    deadline = due.key.deadline if due else view.clocks.deadline(clock) if clock else None
    name, what, lead = name_of(view, visit.language), Markup(""), Markup("")
    if clock and deadline:
        what = visit.t(_CLOCKS[clock], day=visit.short_day(deadline))
        lead = _lead(visit, (deadline - visit.days.of(at)).days)
    return About(view.line.id, name, what, lead, Markup(""))


def _day(visit: Visit, day: date) -> str:
    today = visit.today
    words = {today + timedelta(days=n): n for n in (-1, 0, 1)}
    if day in words:
        near = display.in_days(words[day], visit.language)
        comma = "，" if visit.language == "zh" else ", "
        return f"{near[:1].upper()}{near[1:]}{comma}{visit.day(day)}"
    return visit.day(day)


def _row(visit: Visit, one: Logged, names: Names, where: Mapping[str, str]) -> Row:
    level, icon, word = STATES[State(one.state)]
    if State(one.state) is State.PENDING and one.attempts:
        level, icon, word = _AGAIN
    day = visit.days.of(one.due_at)
    return Row(
        id=one.id,
        time=visit.time(one.due_at),
        day=_day(visit, day),
        about=tuple(_about(visit, r, day, names) for r in one.reminders),
        kind=visit.t(_KINDS.get(one.kind, _KINDS[Kind.REMINDER])),
        channel=where[one.id],
        level=level,
        icon=icon,
        word=visit.t(word),
        why=_why(visit, one),
        instead=_instead(visit, one, where),
        can_retry=State(one.state) in {State.DEAD, State.PENDING},
    )


def _about(visit: Visit, one: LoggedReminder, day: date, names: Names) -> About:
    """What a message of that day is about. A fall under the owner's floor has no leads: it is told
    once it is known."""
    is_number = _NUMBER.fullmatch(one.label)
    kept = mask(one.label, visit.language) if is_number else one.label
    fell = State(one.state) in {State.SKIPPED, State.EXPIRED}
    return About(
        line=one.line if one.line in names.lines else "",
        name=names.lines.get(one.line, kept),
        what=visit.t(_CLOCKS[one.clock], day=visit.short_day(one.deadline)),
        lead=_lead(visit, one.lead_days or (one.deadline - day).days),
        why=reason_words(visit, one.reason) if fell else Markup(""),
    )


def _lead(visit: Visit, days: int) -> Markup:
    if days == 0:
        return visit.t("on the day")
    if days < 0:
        return visit.n("{n} day after", "{n} days after", -days)
    return visit.n("{n} day before", "{n} days before", days)


def _why(visit: Visit, one: Logged) -> Markup:
    last = one.attempts[-1] if one.attempts else None
    if State(one.state) is State.PENDING:
        if last is None or one.next_try_at is None:
            return Markup("")
        again = visit.t("Next try: {moment}.", moment=visit.moment(one.next_try_at))
        return _sentence(visit, try_words(visit, last)) + again
    if State(one.state) is State.SENT:
        tries = len(one.attempts)
        return Markup("") if tries < 2 else visit.n("at try {n}", "at try {n}", tries)  # noqa: PLR2004 - a second try is worth a word
    return reason_words(visit, one.reason) or (try_words(visit, last) if last else Markup(""))


def _sentence(visit: Visit, words: Markup) -> Markup:
    """Words with their full stop, and the gap before what follows them."""
    stop, gap = ("。", "") if visit.language == "zh" else (".", " ")
    return words.rstrip(".。") + stop + gap


async def show(visit: Visit) -> Response:
    """``/deliveries/{id}``: one message with every try."""
    delivery = DeliveryId(visit.part("id"))
    one = await visit.read(lambda work: deliveries.get(work, visit.me.id, delivery))
    names = await _names(visit)
    return visit.render(
        "delivery.html",
        row=_row(visit, one, names, _where(visit, [one], names.places)),
        due=visit.moment(one.due_at),
        done=visit.moment(one.done_at) if one.done_at else "",
        next_try=visit.moment(one.next_try_at) if one.next_try_at else "",
        tries=[_try(visit, n, attempt) for n, attempt in enumerate(one.attempts, 1)],
        channel_id=one.channel if one.channel in names.mine else "",
        is_kept=any(attempt.code == KEPT for attempt in one.attempts),
        said=visit.asked("said"),
    )


@dataclass(frozen=True, slots=True)
class TryRow:
    """One try as the table shows it."""

    number: int
    moment: str
    took: str
    level: str
    words: Markup
    code: str


def _try(visit: Visit, number: int, one: deliveries.LoggedAttempt) -> TryRow:
    took = (one.ended_at - one.at).total_seconds()
    return TryRow(
        number=number,
        moment=visit.moment(one.at),
        took=str(visit.t("{seconds} s", seconds=f"{took:.1f}")),
        level="fine" if one.outcome == Outcome.SENT else "now",
        words=try_words(visit, one),
        code=one.code[:3] if one.code[:3].isdigit() else "",
    )


async def about(visit: Visit, line: str) -> list[Row]:
    """The latest messages about a number, newest first: where they went and what became of them."""
    owner = visit.me.id
    found = await visit.read(
        lambda work: deliveries.everything(work, owner, line=line, limit=MOST_SENT)
    )
    names = await _names(visit)
    where = _where(visit, found, names.places)
    return [_row(visit, _only(line, one), names, where) for one in found]


def _only(line: str, one: Logged) -> Logged:
    """A message without what it says of other numbers."""
    return replace(one, reminders=tuple(r for r in one.reminders if r.line == line))


def _where(visit: Visit, found: list[Logged], places: Mapping[str, str]) -> dict[str, str]:
    """Where each of these deliveries went, as the owner calls it."""
    removed = str(visit.t("a channel that was removed"))
    return {str(one.id): places.get(one.channel, removed) for one in found}


def _instead(visit: Visit, one: Logged, where: Mapping[str, str]) -> str:
    """In whose place a fallback went, ``""`` for what is none."""
    if one.instead_of is None:
        return ""
    other = where.get(one.instead_of)
    if other is None:
        return str(visit.t("in place of a channel that did not take it"))
    return str(visit.t("in place of {channel}, which did not take it", channel=other))


async def retry(visit: Visit) -> Response:
    """``POST /deliveries/{id}/retry``."""
    delivery = DeliveryId(visit.part("id"))
    await visit.write(lambda work: deliveries.retry(work, visit.me.id, delivery))
    return visit.go(f"/deliveries/{delivery}?said=retried")
