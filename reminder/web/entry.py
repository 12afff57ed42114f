"""Adding a number, and changing what was entered of one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from starlette.responses import Response

from reminder.catalogue.catalogue import Guess
from reminder.catalogue.operator import Operator
from reminder.domain.channel import Channel
from reminder.domain.ids import LineId, OwnerId
from reminder.errors import Conflict, Fault, InvalidInput
from reminder.service import acts, channels, lines
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.web import line_form
from reminder.web.faults import Shown, shown
from reminder.web.line_form import CYCLES, LEADS, USES, Values
from reminder.web.once import form_key, once
from reminder.web.telling import name_of
from reminder.web.visit import Visit

_LARGEST_BEFORE = 20_000


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A form about to be shown: what stands in it, what is wrong, and of which number it is."""

    values: Values
    faults: tuple[Shown, ...] = ()
    view: LineView | None = None
    before: str = ""


async def add(visit: Visit) -> Response:
    """``/lines/new``."""
    if not visit.is_post:
        return await _form(visit, _Sheet(line_form.blank(visit)))
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    owner, form, today = visit.me.id, visit.form, visit.today
    said = {**line_form.given(visit, form), **line_form.places(visit, mine)}
    fields = line_form.new_line(said, form, today)
    earlier = line_form.earlier_balance(form, today)
    own = line_form.faults_of(_picked(visit), _guess(visit, form))

    def register(work: Work) -> str:
        view = _registered(work, owner, fields, own)
        if earlier:
            acts.add_reading(work, owner, view.line.id, earlier)
        return f"/lines/{view.line.id}/year?said=added"

    try:
        place = await visit.write(lambda work: once(visit, work, register))
    except InvalidInput as error:
        return await _form(visit, _Sheet(form, shown(visit, error, line_form.IDS)))
    except Conflict:
        return await _form(visit, _Sheet(form, await _there_already(visit)))
    return visit.go(place)


def _picked(visit: Visit) -> Values:
    """The form, with ``pick`` saying so where no channel was ticked."""
    none = visit.form.get("pick") and not visit.many.get("channel")
    return {**visit.form, "pick": "none"} if none else visit.form


def _registered(
    work: Work, owner: OwnerId, fields: dict[str, object], own: list[Fault]
) -> LineView:
    """Register a line; the form's own faults come with the service's, in the form's order."""
    if not own:
        return lines.register(work, owner, fields, undated=True)
    try:
        lines.register(work, owner, fields, undated=True)
    except InvalidInput as error:
        order = list(line_form.ORDER)
        every = [*own, *error.faults]
        raise InvalidInput(
            *sorted(every, key=lambda f: order.index(f.name) if f.name in order else len(order))
        ) from error
    raise InvalidInput(*own)


async def _there_already(visit: Visit) -> tuple[Shown, ...]:
    """The fault of a number that is in the list, with the name it has there."""
    owner, typed = visit.me.id, visit.form.get("number", "")

    def look(work: Work) -> LineView:
        return lines.get(work, owner, lines.find(work, owner, typed))

    try:
        view = await visit.read(look)
    except (Conflict, InvalidInput):
        fault = Fault("number", "This number is in your list already")
        return shown(visit, [fault], line_form.IDS)
    name = name_of(view, visit.language)
    words = visit.t("This number is in your list as {name}", name=name)
    return (Shown("number", words, f"/lines/{view.line.id}"),)


async def edit(visit: Visit) -> Response:
    """``/lines/{id}/edit``: only what the person changed on the form is changed, so that a form
    that lay open for long takes nothing back that was entered since."""
    owner, line = visit.me.id, LineId(visit.part("id"))
    view = await visit.read(lambda work: lines.get(work, owner, line))
    if not visit.is_post:
        values = line_form.of_line(view)
        return await _form(visit, _Sheet(values, (), view, json.dumps(_seen(view))))
    mine = await visit.read(lambda work: channels.everything(work, owner))
    said = visit.form.get("before", "")
    before = _given_before(visit, said) or _given_before(visit, json.dumps(_seen(view)))
    after = {**line_form.given(visit, visit.form), **line_form.places(visit, mine)}
    own = line_form.faults_of(_picked(visit), None)
    fields = line_form.patch(before, after)
    try:
        await visit.write(lambda work: _changed(work, view, fields, own))
    except InvalidInput as error:
        sheet = _Sheet(visit.form, shown(visit, error, line_form.IDS), view, said)
        return await _form(visit, sheet)
    except Conflict:
        return await _form(visit, _Sheet(visit.form, await _there_already(visit), view, said))
    return visit.go(f"/lines/{line}?said=changed")


def _changed(work: Work, view: LineView, fields: dict[str, object], own: list[Fault]) -> None:
    lines.change(work, view.owner.id, view.line.id, fields)
    if own:
        raise InvalidInput(*own)


def _lists(view: LineView) -> dict[str, object]:
    return {
        "channels": list(view.line.channels),
        "tied_channels": list(view.line.tied_channels),
    }


def _seen(view: LineView) -> dict[str, object]:
    """What the form showed, to be sent back with it."""
    return {"values": line_form.of_line(view), "lists": _lists(view)}


def _given_before(visit: Visit, said: str) -> dict[str, object]:
    """The fields as the form showed them; nothing where that did not come back whole."""
    try:
        seen = json.loads(said[:_LARGEST_BEFORE])
        values = {str(k): str(v) for k, v in seen["values"].items()}
        lists = {str(k): [str(v) for v in seen["lists"][k]] for k in seen["lists"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {**line_form.given(visit, values), **lists}


async def _form(visit: Visit, sheet: _Sheet) -> Response:
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    values, view = sheet.values, sheet.view
    guess = _guess(visit, values)
    if guess and sheet.faults and not values.get("operator"):
        values = {**values, "operator": guess.operator_id}
    return visit.render(
        "line_form.html",
        422 if sheet.faults else 200,
        values=values,
        faults=sheet.faults,
        view=view,
        before=sheet.before,
        form_key=values.get("form") or form_key(visit),
        name=name_of(view, visit.language) if view else "",
        operators=_operators(visit, view),
        cycles=[(v, visit.t(a), visit.t(b) if b else "") for v, a, b in CYCLES],
        uses=[(v, visit.t(a), visit.t(b) if b else "") for v, a, b in USES],
        leads=[(v, visit.t(a)) for v, a in LEADS],
        channels=_boxes(visit, view, mine),
        guess=guess.reason.in_(visit.language) if guess else "",
        today=visit.today.isoformat(),
        in_words=line_form.dates_in_words(visit, values),
    )


def _boxes(
    visit: Visit, view: LineView | None, mine: list[Channel]
) -> list[tuple[str, str, bool, bool]]:
    """The channels: id, words, whether reminders go there, whether it hangs on the number."""
    picked: set[str] = set(visit.many.get("channel", ()))
    tied: set[str] = set(visit.many.get("tied", ()))
    if not visit.is_post:
        named = view.line.channels if view else ()
        picked = {*(named or (c.id for c in mine if line_form.is_usual(c)))}
        tied = {*(view.line.tied_channels if view else ())}
    return [(c.id, c.label or channels.shown(c), c.id in picked, c.id in tied) for c in mine]


def _operators(visit: Visit, view: LineView | None) -> list[tuple[str, str]]:
    """All operators to choose from, and the line's own where the catalogue has lost it."""
    everyone = list(visit.site.app.catalogue.all())
    if view is not None and view.line.operator not in {o.id for o in everyone}:
        everyone.append(replace(view.operator, id=view.line.operator))
    return [("", str(visit.t("Choose"))), *((o.id, _full_name(visit, o)) for o in everyone)]


def _full_name(visit: Visit, operator: Operator) -> str:
    former = ", ".join(operator.former_names)
    name = operator.names.in_(visit.language)
    return str(visit.t("{name} (was {former})", name=name, former=former)) if former else name


def _guess(visit: Visit, values: Values) -> Guess | None:
    """The operator that the number's first digits hint at; a national 8 is read as +7."""
    digits = "".join(c for c in values.get("number", "") if c.isdecimal() or c == "+")
    return visit.site.app.catalogue.guess(f"+7{digits[1:]}" if digits[:1] == "8" else digits)
