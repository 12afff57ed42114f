"""One number: its page, its year, its form, and what its owner does about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from starlette.responses import Response

from reminder.catalogue.operator import Operator
from reminder.domain.balance import ReadingKind
from reminder.domain.channel import Channel, Use
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.domain.money import Money
from reminder.domain.silence import TopUpCounts
from reminder.errors import Conflict, Fault, InvalidInput, NotFound
from reminder.rendering import display
from reminder.service import acts, channels, intake, lines
from reminder.service.lines import LineView, Planned
from reminder.service.work import Work
from reminder.web import deeds, line_form
from reminder.web.deliveries import sent
from reminder.web.faults import Shown, shown
from reminder.web.line_form import CYCLES, LEADS, USES, Values
from reminder.web.telling import card, code_to_dial, name_of, sums
from reminder.web.visit import Visit
from reminder.web.words import mark

YEAR_MONTHS = 12
NEAR_MONTHS = 2
MOST_NEAR = 6
_NOUNS: Mapping[str, str] = {
    ReadingKind.READING: mark("balance entered"),
    ReadingKind.TOP_UP: mark("top-up"),
    ReadingKind.FEE: mark("fee charged, by our count"),
    ReadingKind.UNKNOWN: mark("balance not known"),
}
_CLOCK_NAMES = {
    "renewal": mark("Fee"),
    "balance": mark("Money runs out"),
    "inactivity": mark("Number at risk if unused"),
}


def _id(visit: Visit) -> LineId:
    return LineId(visit.part("id"))


async def show(visit: Visit) -> Response:
    """``/lines/{id}``."""
    owner, line = visit.me.id, _id(visit)
    view = await visit.read(lambda work: lines.get(work, owner, line))
    planned = await visit.read(lambda work: lines.schedule(work, owner, line, NEAR_MONTHS))
    log = await visit.read(lambda work: acts.history(work, owner, line))
    known = await visit.read(lambda work: acts.readings(work, owner, line))
    mine = await visit.read(lambda work: channels.everything(work, owner))
    went = await sent(visit, line)
    one = card(visit, view)
    rows = [
        (
            r.id,
            visit.short_day(r.on),
            visit.t(_NOUNS[r.kind]),
            _amount(visit, view, r.kind, r.minor),
        )
        for r in known
    ]
    return visit.render(
        "line.html",
        card=one,
        view=view,
        whole=visit.asked("number") == "whole",
        sums=[
            (visit.money(s.amount), [visit.short_day(d) for d in s.days]) for s in sums(view, visit)
        ],
        official=view.operator.official_link,
        code=code_to_dial(view),
        planned=[_planned(visit, p, mine) for p in planned[:MOST_NEAR]],
        sent=went,
        readings=rows,
        acts=[(visit.moment(a.at), deeds.said(visit, a.kind)) for a in log],
        zone_note=_zone_note(visit, view),
        said=visit.asked("said"),
    )


def _amount(visit: Visit, view: LineView, kind: ReadingKind, minor: int) -> str:
    if kind is ReadingKind.UNKNOWN:
        return ""
    return visit.money(Money(minor, view.line.currency))


def _zone_note(visit: Visit, view: LineView) -> str:
    """The operator's zone in words, where it is not the reader's."""
    if view.line.timezone == visit.zone:
        return ""
    return display.zone_time(view.line.timezone, visit.language)


def _planned(visit: Visit, one: Planned, mine: list[Channel]) -> tuple[str, str, str, str]:
    """When, what about, how early, where to."""
    names = [_clock_name(visit, clock.value) for clock in (one.clock, *one.also)]
    what = f"{', '.join(names)}: {visit.short_day(one.deadline)}"
    covered = visit.t("covered")
    if one.covered:
        what = f"{what} ({covered})"
    early = visit.t("on the day")
    if one.lead_days:
        early = visit.n("{n} day before", "{n} days before", one.lead_days)
    to = [c.label or channels.shown(c) for c in mine if c.id in one.channels]
    return visit.moment(one.due_at), what, str(early), ", ".join(to) or visit.me.email


def _clock_name(visit: Visit, clock: str) -> str:
    return str(visit.t(_CLOCK_NAMES[clock]))


async def year(visit: Visit) -> Response:
    """``/lines/{id}/year``: every message of the next twelve months."""
    owner, line = visit.me.id, _id(visit)
    view = await visit.read(lambda work: lines.get(work, owner, line))
    planned = await visit.read(lambda work: lines.schedule(work, owner, line, YEAR_MONTHS))
    mine = await visit.read(lambda work: channels.everything(work, owner))
    return visit.render(
        "year.html",
        card=card(visit, view),
        planned=[_planned(visit, p, mine) for p in planned],
        said=visit.asked("said"),
    )


async def add(visit: Visit) -> Response:
    """``/lines/new``."""
    if not visit.is_post:
        return await _form(visit, line_form.blank(visit), ())
    owner, form, today = visit.me.id, visit.form, visit.today
    given = line_form.given(visit, form)
    mine = await visit.read(lambda work: channels.everything(work, owner))
    if given.get("channels") == _ticked(mine, None):
        del given["channels"]
    fields = line_form.new_line(given, form, today)
    earlier = line_form.earlier_balance(form, today)

    def register(work: Work) -> LineId:
        view = _registered(work, owner, fields)
        if earlier:
            acts.add_reading(work, owner, view.line.id, earlier)
        return view.line.id

    try:
        line = await visit.write(register)
    except InvalidInput as error:
        return await _form(visit, form, shown(visit, error, line_form.IDS))
    except Conflict:
        fault = Fault("number", "This number is in your list already")
        return await _form(visit, form, shown(visit, [fault], line_form.IDS))
    return visit.go(f"/lines/{line}/year?said=added")


def _registered(work: Work, owner: OwnerId, fields: dict[str, object]) -> LineView:
    """Register a line; on this form an operator must be chosen, and its fault comes with the
    others."""
    if fields["operator"]:
        return lines.register(work, owner, fields)
    missing = Fault("operator", "Choose the operator", "required")
    try:
        lines.register(work, owner, fields)
    except InvalidInput as error:
        number = [f for f in error.faults if f.field == "number"]
        rest = [f for f in error.faults if f.field != "number"]
        raise InvalidInput(*number, missing, *rest) from error
    raise InvalidInput(missing)


async def edit(visit: Visit) -> Response:
    """``/lines/{id}/edit``."""
    owner, line = visit.me.id, _id(visit)
    view = await visit.read(lambda work: lines.get(work, owner, line))
    if not visit.is_post:
        return await _form(visit, line_form.of_line(view), (), view)
    before = line_form.given(visit, {**line_form.of_line(view), "pick": ""})
    mine = await visit.read(lambda work: channels.everything(work, owner))
    before["channels"] = _ticked(mine, view)
    fields = line_form.patch(before, line_form.given(visit, visit.form))
    try:
        await visit.write(lambda work: lines.change(work, owner, line, fields))
    except InvalidInput as error:
        return await _form(visit, visit.form, shown(visit, error, line_form.IDS), view)
    except Conflict:
        fault = Fault("number", "This number is in your list already")
        return await _form(visit, visit.form, shown(visit, [fault], line_form.IDS), view)
    return visit.go(f"/lines/{line}?said=changed")


async def _form(
    visit: Visit, values: Values, faults: tuple[Shown, ...], view: LineView | None = None
) -> Response:
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    picked = set(visit.many.get("channel", ()) if visit.is_post else _ticked(mine, view))
    everyone = list(visit.site.app.catalogue.all())
    if view is not None and view.line.operator not in {o.id for o in everyone}:
        everyone.append(replace(view.operator, id=view.line.operator))
    return visit.render(
        "line_form.html",
        200 if not faults else 422,
        values=values,
        faults=faults,
        view=view,
        name=name_of(view, visit.language) if view else "",
        operators=[("", visit.t("Choose")), *((o.id, _full_name(visit, o)) for o in everyone)],
        cycles=[(v, visit.t(a), visit.t(b) if b else "") for v, a, b in CYCLES],
        uses=[(v, visit.t(a), visit.t(b) if b else "") for v, a, b in USES],
        leads=[(v, visit.t(a)) for v, a in LEADS],
        channels=[(c.id, c.label or channels.shown(c), c.id in picked) for c in mine],
        guess=_guess(visit, values),
    )


def _ticked(mine: list[Channel], view: LineView | None) -> list[str]:
    """The channels that the form shows as chosen: the line's own, else those for always. Left as
    they are, they name none, and a channel that is added later counts too."""
    named = set(view.line.channels) if view else set()
    chosen = [str(c.id) for c in mine if c.id in named]
    return chosen or [str(c.id) for c in mine if c.use is Use.ALWAYS]


def _full_name(visit: Visit, operator: Operator) -> str:
    former = ", ".join(operator.former_names)
    name = operator.names.in_(visit.language)
    return str(visit.t("{name} (was {former})", name=name, former=former)) if former else name


def _guess(visit: Visit, values: Values) -> str:
    """The hint on the operator, once a number has been typed."""
    digits = "".join(c for c in values.get("number", "") if c.isdigit() or c == "+")
    guess = visit.site.app.catalogue.guess(digits)
    return guess.reason.in_(visit.language) if guess else ""


async def act(visit: Visit) -> Response:
    """``/lines/{id}/{verb}``: the same forms as behind the links of a message."""
    verb, owner, line = visit.part("verb"), visit.me.id, _id(visit)
    if verb not in deeds.ON_A_LINE:
        raise NotFound("There is no such page")
    view = await visit.read(lambda work: lines.get(work, owner, line))
    if not visit.is_post:
        return act_page(visit, view, verb)
    fields = deeds.given(verb, visit.form, visit.today)
    try:
        await visit.write(lambda work: _record(work, view, verb, fields))
    except InvalidInput as error:
        return act_page(visit, view, verb, shown(visit, error, deeds.IDS))
    return visit.go(f"/lines/{line}?said={verb}")


def _record(work: Work, view: LineView, verb: str, fields: Mapping[str, object]) -> object:
    owner, line = view.owner.id, view.line.id
    match verb:
        case "topped-up":
            return acts.topped_up(work, owner, line, fields)
        case "renewed":
            return acts.renewed(work, owner, line, fields)
        case "used":
            return acts.used(work, owner, line, fields)
        case "balance":
            return acts.add_reading(work, owner, line, fields)
        case "snooze":
            return acts.snooze(work, owner, line, fields)
        case "acknowledge":
            return acts.acknowledge(work, owner, line)
        case "stop":
            return acts.stop(work, owner, line)
        case _:
            return acts.resume(work, owner, line)


def act_page(
    visit: Visit, view: LineView, verb: str, faults: tuple[Shown, ...] = (), until: str = ""
) -> Response:
    """The page of a verb: the facts and the form. ``until`` is the last day of a mailed link,
    ``""`` on the owner's own pages."""
    today = visit.today
    amounts = sums(view, visit)
    values = dict(visit.form)
    if not visit.is_post:
        first = amounts[0].amount.amount if amounts else deeds.OTHER
        values = {"sum": first, "on": today.isoformat(), "kind": "call", "until": "1"}
        if verb == "renewed":
            values["on"] = ""
    return visit.render(
        "act.html",
        422 if faults else 200,
        card=card(visit, view),
        view=view,
        verb=verb,
        deed=deeds.DEEDS[verb],
        values=values,
        faults=faults,
        sums=[
            _sum_tile(visit, s.amount.amount, visit.money(s.amount), len(s.days)) for s in amounts
        ],
        until=until,
        code=code_to_dial(view),
        unit="₽" if view.line.currency == "RUB" else view.line.currency,
        warns=_snooze_warning(visit, view) if verb == "snooze" else "",
        counts=_what_counts(visit, view) if verb == "used" else "",
        asks_use=_asks_use(view),
        meanings=_meanings(visit, view, verb),
        latest=(today + timedelta(days=14)).isoformat(),
    )


def _sum_tile(visit: Visit, amount: str, money: str, fees: int) -> tuple[str, str, str]:
    return amount, money, str(visit.n("for {n} fee", "for {n} fees", fees))


def _asks_use(view: LineView) -> bool:
    """Whether a top-up of a watched number leaves open that it was used."""
    silent = view.clocks.inactivity
    return silent is not None and silent.top_up_counts is not TopUpCounts.YES


def _meanings(visit: Visit, view: LineView, verb: str) -> list[tuple[str, str, str]]:
    """What a pasted text may say, to choose from: the form's value, the sum, its day."""
    if verb != "balance" or not visit.form.get("text"):
        return []
    found = intake.offers(visit.form["text"], visit.today, view.line.currency)
    return [
        (
            f"{one.amount} {one.on or ''}".strip(),
            visit.money(Money.parse(one.amount, one.currency)),
            visit.short_day(one.on) if one.on else "",
        )
        for one in found
    ]


def _snooze_warning(visit: Visit, view: LineView) -> str:
    one = card(visit, view)
    return "" if view.clocks.leading is None else f"{one.todo} {one.why}"


def _what_counts(visit: Visit, view: LineView) -> str:
    keep = view.operator.keepalive
    return keep.counts.value.text.in_(visit.language) if keep.counts else ""


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
