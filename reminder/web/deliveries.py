"""The log of messages: what was sent, what is tried again, what was not sent and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.delivery import Kind, Outcome, State
from reminder.domain.ids import DeliveryId
from reminder.domain.schedule import local_date
from reminder.rendering import display
from reminder.service import channels, deliveries, lines
from reminder.service.deliveries import Logged
from reminder.web.telling import name_of
from reminder.web.visit import Visit
from reminder.web.words import mark

PAGE = 50
MOST_SENT = 8
STATES: Mapping[State, tuple[str, str, str]] = {
    State.PENDING: ("soon", "soon", mark("on its way")),
    State.SENT: ("fine", "fine", mark("delivered")),
    State.DEAD: ("now", "now", mark("not delivered")),
    State.SKIPPED: ("rest", "rest", mark("not sent")),
    State.EXPIRED: ("rest", "rest", mark("too late to send")),
}
_KINDS: Mapping[str, str] = {
    Kind.TEST: mark("Test"),
    Kind.CONFIRMATION: mark("Confirmation of an address"),
    Kind.SIGN_IN: mark("Sign-in link"),
    Kind.FAILING: mark("A channel does not work"),
    Kind.HEARTBEAT: mark("Sign of life"),
    Kind.REMINDER: mark("Reminder"),
}
_OUTCOMES: Mapping[str, str] = {
    Outcome.SENT: mark("taken"),
    Outcome.REFUSED: mark("refused"),
    Outcome.UNREACHABLE: mark("no answer"),
    Outcome.THROTTLED: mark("asked to wait"),
    Outcome.UNKNOWN: mark("not known whether it was taken"),
}
_CLOCKS: Mapping[str, str] = {
    "renewal": mark("fee on {day}"),
    "balance": mark("money until {day}"),
    "inactivity": mark("use before {day}"),
}
_REASONS: Mapping[str, str] = {
    "superseded": mark("A later message took its place."),
    "covered": mark("The money is there."),
    "stopped": mark("You stopped messages about this number."),
    "snoozed": mark("You asked to be reminded later."),
    "acknowledged": mark("You said you know."),
    "acted": mark("You recorded what was needed."),
    "rolled on": mark("The date has moved on."),
    "ended": mark("There is no next date."),
    "deleted": mark("The number was deleted."),
    "taken by another channel": mark("Another channel took it."),
    "channel off": mark("The channel was stopped or removed."),
    "confirmed already": mark("The address was confirmed already."),
    "too late": mark("It was too late to be of use."),
    "no success in time": mark("Nobody took it in the time there was."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery as the table shows it."""

    id: str
    time: str
    day: str
    about: list[tuple[str, str, Markup]]
    kind: Markup
    channel: str
    level: str
    icon: str
    word: Markup
    why: Markup
    instead: str
    tries: list[tuple[str, Markup]]
    can_retry: bool


async def index(visit: Visit) -> Response:
    """``/deliveries``."""
    owner = visit.me.id
    line, state = visit.asked("line") or None, visit.asked("state") or None
    before = visit.asked("before") or None
    found = await visit.read(
        lambda work: deliveries.everything(
            work, owner, line=line, state=state, limit=PAGE, before=before
        )
    )
    views = await visit.read(lambda work: lines.everything(work, owner))
    names = {str(v.line.id): name_of(v, visit.language) for v in views}
    places = await visit.read(lambda work: channels.places(work, owner))
    where = _where(visit, found, places)
    coming = [v.next_due_at for v in views if v.next_due_at]
    return visit.render(
        "deliveries.html",
        rows=[_row(visit, one, names, where) for one in found],
        lines=[("", visit.t("All numbers")), *names.items()],
        states=[
            ("", visit.t("All results")),
            *((s.value, visit.t(w[2])) for s, w in STATES.items()),
        ],
        values={"line": line or "", "state": state or ""},
        older=found[-1].id if len(found) == PAGE else "",
        first=visit.moment(min(coming)) if coming else "",
        zone=display.city(visit.zone, visit.language),
        said=visit.asked("said"),
    )


def _row(visit: Visit, one: Logged, names: Mapping[str, str], where: Mapping[str, str]) -> Row:
    level, icon, word = STATES[State(one.state)]
    about = [
        (r.line if r.line in names else "", names.get(r.line, r.label), _clock(visit, r.clock, r))
        for r in one.reminders
    ]
    tries = [
        (visit.moment(a.at), visit.t(_OUTCOMES.get(a.outcome, a.outcome))) for a in one.attempts
    ]
    return Row(
        id=one.id,
        time=display.time_of_day(one.due_at, visit.zone),
        day=visit.day(local_date(one.due_at, visit.zone)),
        about=about,
        kind=visit.t(_KINDS.get(one.kind, one.kind)),
        channel=where[one.id],
        level=level,
        icon=icon,
        word=visit.t(word),
        why=_why(visit, one),
        instead=_instead(visit, one, where),
        tries=tries,
        can_retry=State(one.state) in {State.DEAD, State.PENDING},
    )


def _clock(visit: Visit, clock: str, one: deliveries.LoggedReminder) -> Markup:
    return visit.t(_CLOCKS[clock], day=visit.short_day(one.deadline))


def _why(visit: Visit, one: Logged) -> Markup:
    if State(one.state) is State.PENDING and one.attempts and one.next_try_at:
        return visit.t("Next try: {moment}.", moment=visit.moment(one.next_try_at))
    reason = one.reason or next((r.reason for r in one.reminders if r.reason), "")
    known = next((words for start, words in _REASONS.items() if start in reason), None)
    return visit.t(known) if known else Markup("")


async def about(visit: Visit, line: str, name: str) -> list[Row]:
    """The latest messages about a number, newest first: where they went and what became of them."""
    owner = visit.me.id
    found = await visit.read(
        lambda work: deliveries.everything(work, owner, line=line, limit=MOST_SENT)
    )
    places = await visit.read(lambda work: channels.places(work, owner))
    where = _where(visit, found, places)
    return [_row(visit, one, {line: name}, where) for one in found]


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
    return visit.go("/deliveries?said=retried")
