"""One thing about many numbers of the table: tags, stopping, and an edit that is seen first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.line import ChargedBy, Line
from reminder.domain.schedule import Period
from reminder.errors import Conflict, InvalidInput
from reminder.rendering.naming import name_of
from reminder.service import board, channels, together
from reminder.service.together import Done, Edited, Report, State
from reminder.service.work import Work
from reminder.web.faults import Shown, shown, words_of
from reminder.web.line_form import days_typed
from reminder.web.visit import Visit
from reminder.web.words import mark

MOST_SHOWN = 100
_TABLE = "/lines?view=table"
_PERIODS = (
    ("P1M", mark("On the same day each month")),
    ("P4W", mark("Every 28 days")),
    ("P30D", mark("Every 30 days")),
    ("P1Y", mark("Every year")),
)
_IDS = {"lines": "problem", "add_tag": "add_tag", "": "fee"}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The numbers that an edit is about: ticked ones, or all that the table was narrowed to."""

    lines: list[str]
    back: str
    whole: bool

    @property
    def given(self) -> dict[str, object]:
        """The same as the service reads it."""
        if not self.whole:
            return {"lines": self.lines}
        asked = dict(parse_qsl(self.back.partition("?")[2]))
        return {"all": True, **{k: v for k, v in asked.items() if k in board.FILTERS}}


def _chosen(visit: Visit) -> _Chosen:
    back = visit.form.get("back", "")
    back = back if back.startswith("/lines?") else _TABLE
    ticked = [*visit.many.get("line", []), *visit.form.get("page", "").split()]
    return _Chosen(list(dict.fromkeys(ticked)), back, visit.form.get("all") == "1")


async def deed(visit: Visit) -> Response:
    """``POST /lines/together``: one thing about the chosen numbers."""
    wanted, form = _chosen(visit), visit.form
    if form.get("do") == "edit":
        return await _form(visit, wanted)

    def plan(work: Work) -> Done:
        some = wanted.lines
        if wanted.whole:
            some = [*together.chosen(work, visit.me.id, wanted.given)]
        return together.deed(work, visit.me.id, some, form.get("do", ""), form.get("tag", ""))

    try:
        done = await visit.planned(plan)
    except InvalidInput as error:
        return _refused(visit, words_of(visit, error.faults[0]), wanted.back)
    return visit.go(f"{wanted.back}&said=together&count={done.count}")


def _refused(visit: Visit, words: Markup, back: str) -> Response:
    title, way = visit.t("This was not done"), (back, visit.t("Back"))
    return visit.render("refusal.html", 422, title=title, words=words, way=way)


async def change(visit: Visit) -> Response:
    """``POST /lines/change``: what an edit would change; then it is done."""
    wanted, owner = _chosen(visit), visit.me.id
    given = {**wanted.given, **_setting(visit.form, visit.many)}
    is_done = visit.form.get("step") == "done"
    try:
        if is_done:
            how = {"expected": visit.form.get("expected", ""), "keep_good": True}
            done = await visit.planned(lambda work: together.edit(work, owner, {**given, **how}))
            count = done.number(State.CHANGED)
            return visit.go(f"{wanted.back}&said=together&count={count}")
        found = await visit.read(lambda work: together.look(work, owner, given))
    except InvalidInput as error:
        return await _form(visit, wanted, shown(visit, error, _IDS))
    except Conflict:
        words = visit.t("Other numbers would change now than those you looked at: look again.")
        return _refused(visit, words, wanted.back)
    return await _preview(visit, wanted, found)


def _setting(form: Mapping[str, str], many: Mapping[str, list[str]]) -> dict[str, object]:
    """What the form asks to set: what is left empty stays."""
    names = ("fee", "period", "add_tag", "remove_tag")
    found: dict[str, object] = {name: form[name] for name in names if form.get(name)}
    if form.get("leads"):
        found["lead_times"] = days_typed(form["leads"])
    if form.get("pick") == "all":
        found["channels"] = None
    elif form.get("pick") == "some":
        found["channels"] = many.get("channel", [])
    return found


async def _form(visit: Visit, wanted: _Chosen, faults: tuple[Shown, ...] = ()) -> Response:
    owner = visit.me.id

    def count(work: Work) -> int:
        return len(together.chosen(work, owner, wanted.given))

    try:
        chosen = await visit.read(count)
    except InvalidInput as error:
        return _refused(visit, words_of(visit, error.faults[0]), wanted.back)
    return visit.render(
        "change_many.html",
        422 if faults else 200,
        wanted=wanted,
        chosen=chosen,
        values=visit.form,
        faults=faults,
        periods=[("", visit.t("As it is"))] + [(code, visit.t(word)) for code, word in _PERIODS],
        channels=await _channels(visit),
        found=None,
    )


async def _channels(visit: Visit) -> list[tuple[str, str, bool]]:
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    ticked = visit.many.get("channel", [])
    return [(one.id, one.label or channels.shown(one), one.id in ticked) for one in mine]


async def _preview(visit: Visit, wanted: _Chosen, found: Report) -> Response:
    names = {identity: name for identity, name, _ in await _channels(visit)}
    changed = [one for one in found.items if one.state is State.CHANGED]
    refused = [one for one in found.items if one.state is State.REFUSED]
    keep = ("fee", "period", "add_tag", "remove_tag", "leads", "pick")
    return visit.render(
        "change_many.html",
        wanted=wanted,
        chosen=len(found.items),
        found=found,
        faults=(),
        changed=len(changed),
        same=found.number(State.SAME),
        rows=[_row(visit, one, names) for one in changed[:MOST_SHOWN]],
        more=max(len(changed) - MOST_SHOWN, 0),
        refused=[(one.id, words_of(visit, one.faults[0])) for one in refused[:MOST_SHOWN]],
        wrong=len(refused),
        hidden=[(name, visit.form[name]) for name in keep if visit.form.get(name)],
        ticked=visit.many.get("channel", []),
    )


def _row(visit: Visit, one: Edited, names: Mapping[str, str]) -> tuple[str, str, list[str]]:
    """A number, and each thing that changes of it: before, then after."""
    if one.written is None:
        return one.id, one.id, []
    old, new = one.written.kept.line, one.written.line
    before, after = _facts(visit, old, names), _facts(visit, new, names)
    changes = [f"{before[key]} → {after[key]}" for key in before if before[key] != after[key]]
    return one.id, _name(visit, old), changes


def _name(visit: Visit, line: Line) -> str:
    operator = visit.site.app.catalogue.of_line(line.operator)
    return name_of(line, operator, visit.language)


def _facts(visit: Visit, line: Line, names: Mapping[str, str]) -> dict[str, str]:
    nothing = str(visit.t("none"))
    leads = line.lead_times
    usual = str(visit.t("your usual days"))
    return {
        "fee": visit.money(line.fee) if line.fee else nothing,
        "charged_by": str(visit.t("the operator takes it"))
        if line.charged_by is ChargedBy.OPERATOR
        else str(visit.t("paid by hand")),
        "period": _period(visit, line.period) or nothing,
        "leads": usual if leads is None else ", ".join(map(str, leads)) or nothing,
        "channels": ", ".join(names.get(c, c) for c in line.channels)
        or str(visit.t("all your channels")),
        "tags": ", ".join(line.tags) or nothing,
    }


def _period(visit: Visit, period: Period | None) -> str:
    if period is None:
        return ""
    word = {Period.parse(code): word for code, word in _PERIODS}.get(period)
    return str(visit.t(word)) if word else period.iso
