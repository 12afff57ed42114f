"""``/channels``: the places that reminders go to."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from reminder.api import accounts, requests, showing
from reminder.api.access import Caller, Reader, Writer
from reminder.api.answers import content, empty, listed, shown, text
from reminder.api.bodies import Body
from reminder.api.calls import Call, router
from reminder.api.paging import USUAL, Cursor, Limit, page
from reminder.api.posting import Answer, Posted
from reminder.domain.ids import ChannelId
from reminder.service import channels
from reminder.service.fields import Fields
from reminder.service.work import Work


def routes() -> APIRouter:
    """The calls of this noun."""
    channel, one = "/channels/{channel}", accounts.Channel
    return router(
        "channels",
        Call("POST", "/channels", add, one, requests.NewChannel, 201, also={200: one}),
        Call("GET", "/channels", everything, accounts.Channels),
        Call("GET", channel, get, one),
        Call("PATCH", channel, change, one, requests.ChannelPatch),
        Call("DELETE", channel, remove, status=204),
        Call("POST", f"{channel}/test", test, accounts.Sent, requests.Nothing, 202),
        Call("POST", f"{channel}/confirmation", ask, accounts.Sent, requests.Nothing, 202),
    )


async def add(post: Posted) -> Response:
    """Add a channel: 201 with the signing secret, shown this once; 200 if it is there already."""

    def use(work: Work, caller: Caller) -> Answer:
        one = channels.add(work, caller.owner, post.body)
        said = text(showing.channel(one.channel), without_none=True)
        place = f"/api/v1/channels/{one.channel.id}"
        secret = {"secret": one.secret} if one.secret else {}
        return Answer(201 if one.is_new else 200, said, place, secret)

    return await post.answer(use)


async def everything(caller: Reader, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Your channels, oldest first."""
    found = await caller.app.read(lambda work: channels.everything(work, caller.owner))
    chosen, following = page(found, lambda one: one.id, limit, cursor)
    items = [content(showing.channel(one), without_none=True) for one in chosen]
    return listed(items, following)


async def get(channel: str, caller: Reader) -> Response:
    """One channel."""
    one = await caller.app.read(lambda work: channels.get(work, caller.owner, ChannelId(channel)))
    return shown(showing.channel(one), without_none=True)


async def change(channel: str, caller: Writer, body: Body) -> Response:
    """Change label, use or state; `rotate_secret` answers the new secret once, and both sign for
    24 hours."""
    one = await caller.app.write(
        lambda work: channels.change(work, caller.owner, ChannelId(channel), body)
    )
    return shown(showing.added(one), without_none=True)


async def remove(channel: str, caller: Writer) -> Response:
    """Forget a channel."""
    await caller.app.write(lambda work: channels.remove(work, caller.owner, ChannelId(channel)))
    return empty()


async def test(channel: str, post: Posted) -> Response:
    """Send a test by the same path as a real reminder."""

    def use(work: Work, caller: Caller) -> Answer:
        Fields(post.body, frozenset()).check()
        sent = channels.test(work, caller.owner, ChannelId(channel))
        return Answer(202, text(accounts.Sent(id=sent)), f"/api/v1/deliveries/{sent}")

    return await post.answer(use)


async def ask(channel: str, post: Posted) -> Response:
    """Mail the confirmation again: an address gets one a day."""

    def use(work: Work, caller: Caller) -> Answer:
        Fields(post.body, frozenset()).check()
        sent = channels.ask_again(work, caller.owner, ChannelId(channel))
        return Answer(202, text(accounts.Sent(id=sent)), f"/api/v1/deliveries/{sent}")

    return await post.answer(use)
