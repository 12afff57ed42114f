"""What is done about a number, by its own pages: the same forms as behind a message's links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain import track
from reminder.domain.forecast import lacking, longer
from reminder.domain.ids import LineId
from reminder.domain.money import Money
from reminder.domain.silence import TopUpCounts
from reminder.errors import InvalidInput, NotFound
from reminder.service import acts, intake, lines
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.web import deeds
from reminder.web.faults import Shown, shown
from reminder.web.once import form_key
from reminder.web.telling import card, code_to_dial
from reminder.web.visit import Visit

LONGEST_SNOOZE = timedelta(days=14)
_NONE: Mapping[str, str] = {}
_Tile = tuple[str, str, str]
"""A form's value, what it says, and a word beneath it."""


async def act(visit: Visit) -> Response:
    """``/lines/{id}/{verb}``: the same forms as behind the links of a message. Pressed twice, one
    form is one act."""
    verb, owner, line = visit.part("verb"), visit.me.id, LineId(visit.part("id"))
    if verb not in deeds.ON_A_LINE:
        raise NotFound("There is no such page")
    view = await visit.read(lambda work: lines.get(work, owner, line))
    if not visit.is_post:
        return act_page(visit, view, verb)
    fields = deeds.given(verb, visit.form, visit.today)
    key = visit.form.get("form", "")[:64]
    once = f"{verb}:{line}:{key}" if key else None

    def press(work: Work) -> None:
        if once is None or not acts.is_done(work, once):
            _record(work, visit, verb, fields, once)

    try:
        await visit.write(press)
    except InvalidInput as error:
        return act_page(visit, view, verb, shown(visit, error, deeds.IDS))
    return visit.go(f"/lines/{line}?said={verb}")


def _fee_day(visit: Visit) -> date | None:
    """The fee's day that the form was about when it was opened."""
    try:
        return date.fromisoformat(visit.form.get("of", ""))
    except ValueError:
        return None


def _record(
    work: Work, visit: Visit, verb: str, fields: Mapping[str, object], once: str | None
) -> object:
    owner, line = visit.me.id, LineId(visit.part("id"))
    match verb:
        case "topped-up":
            return acts.topped_up(work, owner, line, fields, once)
        case "renewed":
            return acts.renewed(work, owner, line, fields, once, _fee_day(visit))
        case "used":
            return acts.used(work, owner, line, fields, once)
        case "balance":
            return acts.add_reading(work, owner, line, fields, once)
        case "snooze":
            return acts.snooze(work, owner, line, fields, once)
        case "acknowledge":
            return acts.acknowledge(work, owner, line, once=once)
        case "stop":
            return acts.stop(work, owner, line, once)
        case _:
            return acts.resume(work, owner, line)


def act_page(
    visit: Visit,
    view: LineView,
    verb: str,
    faults: tuple[Shown, ...] = (),
    until: str = "",
    beside: Mapping[str, str] = _NONE,
) -> Response:
    """The page of a verb: the facts and the form. ``until`` is the last day of a mailed link and
    ``beside`` the links of its neighbours by verb; both are empty on the owner's own pages."""
    sums = _sums(visit, view)
    values = dict(visit.form) if visit.is_post else _blank(visit, verb, sums)
    if not beside and not until:
        beside = {name: f"/lines/{view.line.id}/{name}" for name in ("snooze", "stop")}
    return visit.render(
        "act.html",
        422 if faults else 200,
        card=card(visit, view),
        view=view,
        verb=verb,
        deed=deeds.DEEDS[verb],
        values=values,
        faults=faults,
        sums=sums,
        until=until,
        beside=beside,
        form_key=values.get("form") or form_key(visit),
        code=code_to_dial(view),
        unit="₽" if view.line.currency == "RUB" else view.line.currency,
        warns=_snooze_warning(visit, view) if verb == "snooze" else "",
        counts=_what_counts(visit, view) if verb == "used" else "",
        asks_use=_asks_use(view),
        meanings=_meanings(visit, view, verb),
        latest=(visit.today + LONGEST_SNOOZE).isoformat(),
    )


def _blank(visit: Visit, verb: str, sums: list[_Tile]) -> dict[str, str]:
    """The form before anybody typed."""
    first = sums[0][0] if sums else deeds.OTHER
    today = "" if verb == "renewed" else visit.today.isoformat()
    return {"sum": first, "on": today, "kind": "call", "until": "1"}


def _sums(visit: Visit, view: LineView) -> list[_Tile]:
    """Sums to choose from: what carries the next fees or, where no day of a fee is known, what
    brings the money back to the owner's floor, and what makes it last longer."""
    found = [
        (one.amount, visit.n("for {n} fee", "for {n} fees", len(one.days)))
        for one in track.sums(view.case, visit.now)
    ]
    if view.standing.renews_on is None:
        money, floor = view.clocks.balance, view.line.low_balance
        missing, more = lacking(view.case, money), longer(view.case, visit.now, money)
        if missing and floor:
            found.append((missing, visit.t("back to {floor}", floor=visit.money(floor))))
        if more:
            found.append((more.amount, visit.t("until {day}", day=visit.short_day(more.until))))
    return [(sum_.amount, visit.money(sum_), str(small)) for sum_, small in found]


def _asks_use(view: LineView) -> bool:
    """Whether a top-up of a watched number leaves open that it was used."""
    silent = view.clocks.inactivity
    return silent is not None and silent.top_up_counts is not TopUpCounts.YES


def _meanings(visit: Visit, view: LineView, verb: str) -> list[_Tile]:
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


def _snooze_warning(visit: Visit, view: LineView) -> Markup:
    one = card(visit, view)
    return Markup() if view.clocks.leading is None else Markup(" ").join((one.todo, one.why))


def _what_counts(visit: Visit, view: LineView) -> str:
    keep = view.operator.keepalive
    return keep.counts.value.text.in_(visit.language) if keep.counts else ""
