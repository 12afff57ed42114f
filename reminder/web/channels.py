"""Where reminders go: add, test, stop, remove; a webhook's secret is shown once."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.responses import Response

from reminder.domain.channel import ChannelState
from reminder.domain.delivery import Outcome, State
from reminder.domain.ids import ChannelId, DeliveryId
from reminder.errors import InvalidInput, LimitReached, NotFound
from reminder.service import channels, deliveries, health
from reminder.service.channels import Added
from reminder.service.deliveries import Logged
from reminder.web.channel_rows import formats, row_of, rows_of
from reminder.web.faults import Shown, shown
from reminder.web.reasons import reason_words, try_words
from reminder.web.troubles import troubles
from reminder.web.visit import Visit

KINDS = ("email", "webhook")
SHOWN = 5
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)
"""How long, in seconds, the answer to a test waits for its result: 2.5 in all."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_IDS = {"kind": "label"}
"""The form's ids for the service's fields, where they differ."""


def links_stay_here(visit: Visit) -> bool:
    """Whether mail is sent whose links open on this machine only."""
    settings = visit.site.app.settings
    host = urlsplit(settings.server.base_url).hostname or ""
    return settings.email.server is not None and host in _LOCAL


async def index(visit: Visit) -> Response:
    """``/channels``: GET lists, POST adds."""
    if visit.is_post:
        return await _add(visit)
    return visit.render(
        "channels.html",
        rows=await rows_of(visit),
        is_cut_off=(await troubles(visit)).is_cut_off,
        warns=links_stay_here(visit),
        keeps=visit.site.app.settings.email.server is None,
        said=visit.asked("said"),
    )


async def new(visit: Visit) -> Response:
    """``/channels/new?kind=``: the form of one kind."""
    kind = visit.asked("kind")
    return _form(visit, {"kind": kind if kind in KINDS else KINDS[0], "use": "always"})


def _form(
    visit: Visit, values: dict[str, str], faults: tuple[Shown, ...] = (), status: int = 422
) -> Response:
    return visit.render(
        "channel_new.html",
        status if faults else 200,
        values=values,
        faults=faults,
        is_webhook=values.get("kind") == "webhook",
        formats=formats(visit),
        mails=visit.site.app.settings.email.server is not None,
    )


async def _add(visit: Visit) -> Response:
    form = {name: value for name, value in visit.form.items() if value}
    wanted = {"kind", "label", "use"}
    wanted |= {"address"} if form.get("kind") == "email" else {"url", "secret", "format"}
    fields = {name: value for name, value in form.items() if name in wanted}
    try:
        added = await visit.write(lambda work: channels.add(work, visit.me.id, fields))
    except InvalidInput as error:
        return _form(visit, visit.form, shown(visit, error, _IDS))
    except LimitReached as error:
        fault = InvalidInput.of("address", str(error))
        return _form(visit, visit.form, shown(visit, fault, {}), 429)
    if added.secret is None:
        said = "channel-added" if added.is_new else "channel-there"
        return visit.go(f"/channels/{added.channel.id}?said={said}")
    return await _page(visit, added.channel.id, added)


async def show(visit: Visit) -> Response:
    """``/channels/{id}``: one channel, and how the test went that was just sent."""
    return await _page(visit, ChannelId(visit.part("id")))


async def _page(
    visit: Visit,
    channel: ChannelId,
    added: Added | None = None,
    faults: tuple[Shown, ...] = (),
) -> Response:
    owner = visit.me.id
    found = await visit.read(lambda work: channels.get(work, owner, channel))
    how = await visit.read(lambda work: health.get(work, owner, channel))
    log = await visit.read(
        lambda work: deliveries.everything(work, owner, channel=channel, limit=SHOWN)
    )
    return visit.render(
        "channel.html",
        422 if faults else 200,
        row=row_of(visit, found, how),
        added=added,
        secret=added.secret if added else None,
        faults=faults,
        values=visit.form if faults else {"label": found.label, "use": found.use.value},
        test=await _tested(visit, visit.asked("test")),
        has_log=bool(log),
        waiting=how.waiting,
        rotates=visit.moment(found.rotated_until)
        if found.rotated_until and visit.now < found.rotated_until
        else "",
        warns=links_stay_here(visit) and row_of(visit, found, how).is_mail,
        keeps=visit.site.app.settings.email.server is None,
        said=visit.asked("said"),
    )


async def _tested(visit: Visit, identity: str) -> dict[str, object] | None:
    """How a test went, in words."""
    if not identity:
        return None
    delivery = DeliveryId(identity)
    one = await visit.read(lambda work: deliveries.get(work, visit.me.id, delivery))
    last = one.attempts[-1] if one.attempts else None
    is_fine = State(one.state) is State.SENT
    words = reason_words(visit, one.reason)
    if last is not None and last.outcome != Outcome.SENT:
        words = try_words(visit, last)
    return {
        "id": one.id,
        "level": "fine" if is_fine else "now" if last or _is_over(one) else "soon",
        "is_fine": is_fine,
        "is_over": bool(last) or _is_over(one),
        "words": words,
        "moment": visit.moment(last.ended_at) if last else "",
        "again": visit.moment(one.next_try_at) if one.next_try_at and last else "",
    }


def _is_over(one: Logged) -> bool:
    return State(one.state) is not State.PENDING


async def _test(visit: Visit, channel: ChannelId) -> Response:
    """Send a test by the path of every reminder, and wait a moment for how it went."""
    owner = visit.me.id
    sent = await visit.write(lambda work: channels.test(work, owner, channel))
    for pause in PAUSES if visit.site.app.is_sending else ():
        await asyncio.sleep(pause)
        one = await visit.read(lambda work: deliveries.get(work, owner, sent))
        if one.attempts or _is_over(one):
            break
    return visit.go(f"/channels/{channel}?test={sent}#test")


async def edit(visit: Visit) -> Response:
    """``POST /channels/{id}/edit``: its name, and when it is used."""
    owner, channel = visit.me.id, ChannelId(visit.part("id"))
    fields: dict[str, object] = {
        name: visit.form[name] for name in ("label", "use") if name in visit.form
    }
    try:
        await visit.write(lambda work: channels.change(work, owner, channel, fields))
    except InvalidInput as error:
        return await _page(visit, channel, None, shown(visit, error, {}))
    return visit.go(f"/channels/{channel}?said=changed")


async def remove(visit: Visit) -> Response:
    """``/channels/{id}/remove``: GET says what would follow, POST removes."""
    owner, channel = visit.me.id, ChannelId(visit.part("id"))
    if visit.is_post:
        await visit.write(lambda work: channels.remove(work, owner, channel))
        return visit.go("/channels?said=removed")
    found = await visit.read(lambda work: channels.get(work, owner, channel))
    how = await visit.read(lambda work: health.get(work, owner, channel))
    then = await visit.read(lambda work: health.without(work, owner, channel))
    return visit.render(
        "channel_remove.html", row=row_of(visit, found, how), then=then, email=visit.me.email
    )


async def act(visit: Visit) -> Response:
    """``POST /channels/{id}/{verb}``."""
    owner, channel = visit.me.id, ChannelId(visit.part("id"))
    match visit.part("verb"):
        case "test":
            return await _test(visit, channel)
        case "ask":
            await visit.write(lambda work: channels.ask_again(work, owner, channel))
            return visit.go(f"/channels/{channel}?said=asked")
        case "rotate":
            fields: dict[str, object] = {"rotate_secret": True}
            added = await visit.write(lambda work: channels.change(work, owner, channel, fields))
            return await _page(visit, channel, added)
        case "stop" | "resume" | "always" | "fallback" as verb:
            change = owner_change(verb)
            await visit.write(lambda work: channels.change(work, owner, channel, change))
            return visit.go(f"/channels/{channel}?said=changed")
        case _:
            raise NotFound("There is no such page")


def owner_change(verb: str) -> dict[str, object]:
    """The change that a button asks for."""
    match verb:
        case "stop":
            return {"state": ChannelState.STOPPED.value}
        case "resume":
            return {"state": ChannelState.WORKS.value}
        case _:
            return {"use": verb}
