"""The pages behind the links of a message: opening shows, pressing the button acts."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import PlainTextResponse, Response

from reminder.errors import InvalidInput, NotFound
from reminder.service import channels, links
from reminder.service.links import Opened
from reminder.web import deeds
from reminder.web.acting import act_page
from reminder.web.faults import Shown, shown
from reminder.web.telling import card
from reminder.web.visit import Visit
from reminder.web.words import mark

ONE_CLICK = "List-Unsubscribe"
_STOPPED = {"unsubscribe": "stopped", "not-mine": "stopped", "confirm": "works"}
_MONEY = frozenset({"topped-up", "balance", "renewed"})
_ALREADY = mark("Already recorded")


async def action(visit: Visit) -> Response:
    """``/a/{verb}/{token}``."""
    verb, token = visit.part("verb"), visit.part("token")
    if verb not in links.VERBS:
        raise NotFound("There is no such page")
    try:
        opened = await visit.read(lambda work: links.open_link(work, verb, token))
    except NotFound:
        if verb == "undo" and visit.asked("done"):
            return visit.render("undone.html", card=None)
        raise
    visit = visit.as_owner(opened.owner)
    if visit.is_post:
        return await _press(visit, verb, token, opened)
    return await _show(visit, token, opened)


async def _press(visit: Visit, verb: str, token: str, opened: Opened) -> Response:
    fields = deeds.given(verb, visit.form, visit.today)
    try:
        await visit.write(lambda work: links.press(work, verb, token, fields))
    except InvalidInput as error:
        return await _show(visit, token, opened, shown(visit, error, deeds.IDS))
    if ONE_CLICK in visit.many:
        return PlainTextResponse(str(visit.t("Nothing more will be sent to this address.")))
    return visit.go(f"/a/{verb}/{token}?done=1")


async def _show(
    visit: Visit, token: str, opened: Opened, faults: tuple[Shown, ...] = ()
) -> Response:
    until = visit.day(visit.days.of(opened.until))
    if opened.channel is not None:
        return _channel_page(visit, opened, until)
    if opened.view is None:
        raise NotFound("This number is not there any more")
    if opened.verb == "undo":
        return visit.render("undo.html", card=card(visit, opened.view), act=_said(visit, opened))
    if opened.done is not None:
        return await _done_page(visit, opened)
    beside = await visit.read(lambda work: links.beside(work, opened.verb, token, opened.until))
    return act_page(visit, opened.view, opened.verb, faults, until, beside)


def _said(visit: Visit, opened: Opened) -> Markup:
    return deeds.said(visit, opened.done.kind if opened.done else opened.verb)


async def _done_page(visit: Visit, opened: Opened) -> Response:
    act, view = opened.done, opened.view
    assert act is not None
    assert view is not None
    undo = await visit.read(lambda work: links.undo_token(work, act))
    fresh = bool(visit.asked("done"))
    sum_ = deeds.summary(visit, act, view.line.currency)
    money = view.clocks.balance
    there = visit.money(money.projected) if money and money.projected else ""
    return visit.render(
        "act_done.html",
        card=card(visit, view),
        title=_said(visit, opened) if fresh else visit.t(_ALREADY),
        what=_said(visit, opened),
        sum=sum_,
        there=there if opened.verb in _MONEY else "",
        verb=opened.verb,
        fresh=fresh,
        moment=visit.moment(act.at),
        following=visit.moment(view.next_due_at) if view.next_due_at else "",
        undo=undo,
    )


def _channel_page(visit: Visit, opened: Opened, until: str) -> Response:
    channel = opened.channel
    assert channel is not None
    is_own = str(channel.id) == str(opened.owner.id)
    stopped_own = is_own and opened.verb != "confirm" and not opened.owner.confirmed
    return visit.render(
        "act_channel.html",
        verb=opened.verb,
        deed=deeds.DEEDS[opened.verb],
        what=deeds.said(visit, opened.verb),
        address=channels.shown(channel),
        is_done=stopped_own or channel.state.value == _STOPPED[opened.verb],
        is_own=is_own,
        until=until,
    )
