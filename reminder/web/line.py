"""One number: its page, its year, and what is taken back, deleted or sent from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from starlette.responses import Response

from reminder.domain import track
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.channel import Channel
from reminder.domain.forecast import forecast, lacking
from reminder.domain.ids import LineId, ReadingId
from reminder.domain.line import LineState
from reminder.domain.money import Money
from reminder.domain.owner import Numbers
from reminder.domain.sight import fee_from_balance, use_a_day
from reminder.errors import Conflict, InvalidInput
from reminder.rendering import display
from reminder.service import acts, channels, lines, sending, tied
from reminder.service.acts import Act
from reminder.service.lines import LineView, Planned
from reminder.service.work import Work
from reminder.web import deeds, deliveries
from reminder.web.chart import chart
from reminder.web.clock_rows import use_told
from reminder.web.loss import steps_of
from reminder.web.operator import journey_notes
from reminder.web.telling import by_hand, card
from reminder.web.visit import Visit
from reminder.web.words import mark

YEAR_MONTHS = 12
NEAR_MONTHS = 2
MOST_NEAR = 6
REACHES = (30, 60, 90)
_NOUNS: Mapping[str, str] = {
    ReadingKind.READING: mark("balance entered"),
    ReadingKind.TOP_UP: mark("top-up"),
    ReadingKind.FEE: mark("fee charged, by our count"),
    ReadingKind.UNKNOWN: mark("balance not known"),
}
_CLOCK_NAMES = {
    "renewal": mark("Fee"),
    "balance": mark("Low balance"),
    "inactivity": mark("Number at risk if unused"),
}


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that the page of a number is made of, read at one moment."""

    view: LineView
    planned: list[Planned]
    acts: list[Act]
    readings: list[Reading]
    channels: list[Channel]


def _id(visit: Visit) -> LineId:
    return LineId(visit.part("id"))


def _whole(visit: Visit, months: int, work: Work) -> _Whole:
    owner, line = visit.me.id, _id(visit)
    return _Whole(
        view=lines.get(work, owner, line),
        planned=lines.schedule(work, owner, line, months),
        acts=acts.history(work, owner, line),
        readings=acts.readings(work, owner, line),
        channels=channels.everything(work, owner),
    )


async def show(visit: Visit) -> Response:
    """``/lines/{id}``."""
    whole = await visit.read(partial(_whole, visit, NEAR_MONTHS))
    view = whole.view
    log = await deliveries.about(visit, view.line.id)
    return visit.render(
        "line.html",
        card=card(visit, view),
        view=view,
        whole=visit.asked("number") == "whole" or visit.me.numbers is Numbers.WHOLE,
        chart=chart(visit, view),
        sums=_sums(visit, view),
        reaches=_reaches(visit, view),
        lack=_lack(visit, view),
        until=visit.asked("until"),
        chosen=_chosen(visit, view),
        official=view.operator.official_link,
        by_hand=by_hand(visit, view),
        basis=_basis(visit, view),
        notes=journey_notes(visit, view.operator),
        loss=steps_of(visit, view),
        keeps=_keeps(visit, view),
        planned=[_planned(visit, p, whole.channels) for p in whole.planned[:MOST_NEAR]],
        following=visit.moment(view.next_due_at) if view.next_due_at else "",
        readings=[_reading(visit, view, one) for one in whole.readings],
        acts=[deeds.told(visit, act, view.line.currency) for act in whole.acts],
        log=log,
        hanging=_hanging(visit, whole),
        is_stopped=view.standing.state is LineState.STOPPED,
        zone_note=_zone_note(visit, view),
        said=visit.asked("said"),
    )


def _basis(visit: Visit, view: LineView) -> str:
    """What the sums rest on: the fee, and what is used a day."""
    fee, use = fee_from_balance(view.case), use_a_day(view.case)
    said = []
    if fee is not None and view.line.period is not None and not view.line.period.is_daily:
        sum_ = visit.money(Money(fee, view.line.currency))
        said.append(str(visit.t("Counted with a fee of {fee}.", fee=sum_)))
    if use:
        said.append(str(use_told(visit, view)))
    return ("" if visit.language == "zh" else " ").join(said)


def _keeps(visit: Visit, view: LineView) -> str:
    """What counts as use with this operator, "" where the catalogue does not know."""
    counts = view.operator.keepalive.counts
    return counts.value.text.in_(visit.language) if counts else ""


def _sums(visit: Visit, view: LineView) -> list[tuple[str, list[str]]]:
    """The sums that carry one fee, two, three, each with the days of its fees."""
    return [
        (visit.money(one.amount), [visit.short_day(day) for day in one.days])
        for one in track.sums(view.case, visit.now)
    ]


def _lack(visit: Visit, view: LineView) -> str:
    """What brings it back to the owner's floor, in a sentence; "" where it is not under it."""
    missing, floor = lacking(view.case, view.clocks.balance), view.line.low_balance
    if missing is None or floor is None:
        return ""
    said = mark("At least {sum}: then {floor} is there.")
    return str(visit.t(said, sum=visit.money(missing), floor=visit.money(floor)))


def _reaches(visit: Visit, view: LineView) -> list[tuple[str, str, str]]:
    """How much reaches 30, 60 and 90 days: how far, the day, the sum."""
    found = []
    for days in REACHES:
        day = visit.today + timedelta(days=days)
        sum_ = forecast(view.case, visit.now, day).needed
        if sum_ is not None:
            told = visit.money(sum_) if sum_.minor else str(visit.t("enough is there"))
            found.append((display.days(days, visit.language), visit.short_day(day), told))
    return found


def _chosen(visit: Visit, view: LineView) -> str:
    """How much reaches the day that was asked for, in a sentence; "" where none was asked for."""
    typed = visit.asked("until")
    if not typed:
        return ""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return str(visit.t("Enter a date, such as 2026-12-01"))
    try:
        sum_ = forecast(view.case, visit.now, day).needed
    except InvalidInput:
        return str(visit.t("Choose a day after today, five years ahead at most."))
    if sum_ is None:
        return str(visit.t("We cannot count it: the fee or the balance is not known."))
    told = visit.day(day)
    if not sum_.minor:
        return str(visit.t("Enough until {day} already.", day=told))
    return str(visit.t("Enough until {day}: {sum}", day=told, sum=visit.money(sum_)))


def _reading(visit: Visit, view: LineView, one: Reading) -> tuple[str, str, str, str]:
    sum_ = ""
    if one.kind is not ReadingKind.UNKNOWN:
        sum_ = visit.money(Money(one.minor, view.line.currency))
    return one.id, visit.short_day(one.on), str(visit.t(_NOUNS[one.kind])), sum_


def _hanging(visit: Visit, whole: _Whole) -> str:
    """The channels, if every one of them hangs on this very number."""
    found = tied.all_tied(visit.me, whole.view.line, whole.channels)
    return ", ".join(c.label or channels.shown(c) for c in found)


def _zone_note(visit: Visit, view: LineView) -> str:
    """The operator's zone in words, where it is not the reader's."""
    if view.line.timezone == visit.zone:
        return ""
    return display.zone_time(view.line.timezone, visit.language)


def _planned(visit: Visit, one: Planned, mine: list[Channel]) -> tuple[str, str, str, str]:
    """When, what about, how early, where to."""
    names = [_clock_name(visit, clock.value) for clock in (one.clock, *one.also)]
    comma, colon = ("、", "：") if visit.language == "zh" else (", ", ": ")
    what = f"{comma.join(names)}{colon}{visit.short_day(one.deadline)}"
    if one.covered:
        covered = visit.t("covered")
        what += f"（{covered}）" if visit.language == "zh" else f" ({covered})"
    early = visit.t("on the day")
    if one.lead_days:
        early = visit.n("{n} day before", "{n} days before", one.lead_days)
    to = [c.label or channels.shown(c) for c in mine if c.id in one.channels]
    return visit.moment(one.due_at), what, str(early), ", ".join(to) or visit.me.email


def _clock_name(visit: Visit, clock: str) -> str:
    return str(visit.t(_CLOCK_NAMES[clock]))


async def year(visit: Visit) -> Response:
    """``/lines/{id}/year``: every message of the next twelve months."""
    whole = await visit.read(partial(_whole, visit, YEAR_MONTHS))
    return visit.render(
        "year.html",
        card=card(visit, whole.view),
        planned=[_planned(visit, p, whole.channels) for p in whole.planned],
        hanging=_hanging(visit, whole),
        said=visit.asked("said"),
    )


async def send(visit: Visit) -> Response:
    """``POST /lines/{id}/send``: the next message, now."""
    owner, line = visit.me.id, _id(visit)
    try:
        await visit.write(lambda work: sending.send_now(work, owner, line))
    except Conflict:
        return visit.go(f"/lines/{line}?said=not-sent")
    return visit.go(f"/lines/{line}?said=sent-now#log")


async def undo(visit: Visit) -> Response:
    """``POST /lines/{id}/undo``."""
    owner, line = visit.me.id, _id(visit)
    await visit.write(lambda work: acts.undo(work, owner, line))
    return visit.go(f"/lines/{line}?said=undone")


async def delete(visit: Visit) -> Response:
    """``/lines/{id}/delete``: asks once, then forgets."""
    owner, line = visit.me.id, _id(visit)
    view = await visit.read(lambda work: lines.get(work, owner, line))
    if not visit.is_post:
        return visit.render("line_delete.html", card=card(visit, view))
    await visit.write(partial(lines.remove, owner=owner, line=line))
    return visit.go("/lines?said=deleted")


async def remove_reading(visit: Visit) -> Response:
    """``POST /lines/{id}/readings/{reading}/delete``."""
    owner, line, reading = visit.me.id, _id(visit), ReadingId(visit.part("reading"))
    await visit.write(lambda work: acts.remove_reading(work, owner, line, reading))
    return visit.go(f"/lines/{line}?said=reading")
