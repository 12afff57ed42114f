"""Promises of reminder/service/links.py."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial

import pytest

from reminder.domain.ids import LineId
from reminder.domain.token import LINK_LIFE, derive, sign
from reminder.errors import Conflict, NotFound, TokenRefused
from reminder.service import acts, channels, lines, links, people
from reminder.service.lines import LineView
from reminder.service.links import Opened
from tests.conftest import World
from tests.engine.samples import DUE, add_hook, register, state_of
from tests.service.samples import person

GIVEN: Mapping[str, Mapping[str, object]] = {
    "topped-up": {"amount": "50"},
    "renewed": {},
    "used": {},
    "balance": {"balance": "80"},
    "acknowledge": {},
    "snooze": {"until": "2026-11-25"},
    "stop": {},
}


async def _sent(world: World) -> tuple[LineView, dict[str, str]]:
    """A line whose reminder was sent, and the tokens of its links."""
    await add_hook(world)
    view = await register(world, last_active_on="2026-10-01", inactivity_days=90)
    await world.beat(DUE)
    found = json.loads(world.hook.requests[0].body)["data"]["reminders"][0]["links"]
    world.clock.set("2026-11-24T06:05:00")
    return view, {
        verb: found[verb.replace("-", "_")].rsplit("/", 1)[1] for verb in sorted(links.OF_LINE)
    }


async def _line(world: World, line: LineId) -> LineView:
    return await world.app.read(lambda work: lines.get(work, world.owner, line))


async def _press(
    world: World, verb: str, token: str, given: Mapping[str, object] | None = None
) -> Opened:
    return await world.app.write(lambda work: links.press(work, verb, token, given or {}))


@pytest.mark.parametrize("verb", sorted(GIVEN))
async def test_opening_shows_and_pressing_acts_once(world: World, verb: str) -> None:
    """To open a link changes nothing; pressed, it acts; pressed again, it says what was done."""
    view, tokens = await _sent(world)
    token = tokens[verb]
    before = await _line(world, view.line.id)
    for _ in range(2):
        opened = await world.app.write(lambda work: links.open_link(work, verb, token))
        assert (opened.done, opened.clock, str(opened.deadline)) == (None, "renewal", "2026-12-01")
        assert opened.owner.id == world.owner
    assert await _line(world, view.line.id) == before
    first = await _press(world, verb, token, GIVEN[verb])
    after = await _line(world, view.line.id)
    assert first.done is not None
    assert (first.done.kind, after.version > before.version) == (verb, True)
    world.clock.set("2026-11-24T07:05:00")
    second = await _press(world, verb, token, GIVEN[verb])
    assert second.done == first.done
    assert (await _line(world, view.line.id)).version == after.version
    history = await world.app.read(lambda w: acts.history(w, world.owner, view.line.id))
    assert [a.kind for a in history] == [verb]


async def test_undo_takes_back_and_frees_the_link(world: World) -> None:
    """What a link did is taken back by its undo link, once; then the link may be pressed anew."""
    view, tokens = await _sent(world)
    done = (await _press(world, "stop", tokens["stop"])).done
    assert done is not None
    undo = await world.app.read(lambda work: links.undo_token(work, done))
    opened = await world.app.read(lambda work: links.open_link(work, "undo", undo))
    assert opened.done == done
    world.clock.set("2026-11-24T06:06:00")
    await _press(world, "undo", undo)
    assert (await _line(world, view.line.id)).standing.state == "active"
    with pytest.raises(NotFound):
        await _press(world, "undo", undo)
    world.clock.set("2026-11-24T06:07:00")
    assert (await _press(world, "stop", tokens["stop"])).done is not None
    assert (await _line(world, view.line.id)).standing.state == "stopped"


async def test_an_undo_link_takes_back_its_own_act_only(world: World) -> None:
    """When something was done later, an older undo link does not take that back in its stead."""
    view, tokens = await _sent(world)
    done = (await _press(world, "topped-up", tokens["topped-up"], {"amount": "50"})).done
    assert done is not None
    undo = await world.app.read(lambda work: links.undo_token(work, done))
    world.clock.set("2026-11-24T06:06:00")
    await _press(world, "stop", tokens["stop"])
    with pytest.raises(Conflict):
        await _press(world, "undo", undo)
    assert (await _line(world, view.line.id)).standing.state == "stopped"


@pytest.mark.parametrize("change", ["x{}", "{}x", "", "{0}.{0}", "ж"])
async def test_a_forged_link_opens_nothing(world: World, change: str) -> None:
    """A changed token, or one of another verb, is refused as forged, opened or pressed."""
    view, tokens = await _sent(world)
    for verb, token in (("stop", change.format(tokens["stop"])), ("stop", tokens["snooze"])):
        for use in (
            lambda w, v=verb, t=token: links.open_link(w, v, t),
            lambda w, v=verb, t=token: links.press(w, v, t, {}),
        ):
            with pytest.raises(TokenRefused) as refused:
                await world.app.write(use)
            assert refused.value.expired is False
    assert (await _line(world, view.line.id)).standing.state == "active"


async def test_a_link_lasts_thirty_days(world: World) -> None:
    """Good to the last second of its thirty days, then it is too old."""
    _, tokens = await _sent(world)
    world.clock.set("2026-12-24T05:59:59")
    opened = await world.app.read(lambda w: links.open_link(w, "used", tokens["used"]))
    assert opened.until > world.clock.at
    world.clock.set("2026-12-24T06:00:00")
    with pytest.raises(TokenRefused) as refused:
        await _press(world, "used", tokens["used"])
    assert refused.value.expired is True


async def test_a_link_of_a_deleted_line(world: World) -> None:
    """When the line is gone its links find nothing; an unknown verb is no page."""
    view, tokens = await _sent(world)
    await world.app.write(lambda work: lines.remove(work, world.owner, view.line.id))
    for verb, token in (("stop", tokens["stop"]), ("explode", tokens["stop"])):
        with pytest.raises(NotFound):
            await _press(world, verb, token)


async def _two_mails(world: World) -> tuple[LineView, list[str]]:
    """A line that its owner pays by hand, and the tokens of "it is paid" in two messages of a D."""
    await add_hook(world)
    view = await register(world, charged_by="owner")
    for moment in (DUE, "2026-11-28T06:00:00"):
        await world.beat(moment)
    bodies = [json.loads(one.body) for one in world.hook.requests]
    found = [body["data"]["reminders"][0]["links"]["renewed"] for body in bodies]
    return view, [link.rsplit("/", 1)[1] for link in found]


async def test_a_payment_that_two_messages_ask_for_is_recorded_once(world: World) -> None:
    """Pressed in the later mail, then in the older one, a period is not skipped."""
    view, [older, later] = await _two_mails(world)
    await _press(world, "renewed", later)
    opened = await world.app.read(lambda work: links.open_link(work, "renewed", older))
    assert opened.done is not None
    await _press(world, "renewed", older)
    after = await _line(world, view.line.id)
    assert str(after.standing.renews_on) == "2027-01-01"


async def test_an_old_message_does_not_pay_for_a_later_day(world: World) -> None:
    """The line went on, here by a press on its page: the next period is not skipped."""
    view, [older, _] = await _two_mails(world)
    await world.app.write(lambda work: acts.renewed(work, world.owner, view.line.id, {}))
    with pytest.raises(Conflict, match="over already"):
        await _press(world, "renewed", older)
    after = await _line(world, view.line.id)
    assert str(after.standing.renews_on) == "2027-01-01"


async def test_what_stands_beside_a_late_link_is_good_as_long(world: World) -> None:
    """A message that came months late leads on like any other."""
    await add_hook(world)
    await register(world, charged_by="owner", period=None)
    await world.beat("2027-03-05T09:00:00")
    body = json.loads(world.hook.requests[0].body)
    token = body["data"]["reminders"][0]["links"]["renewed"].rsplit("/", 1)[1]
    opened = await world.app.read(lambda work: links.open_link(work, "renewed", token))
    assert opened.until > world.clock.at
    beside = await world.app.read(lambda work: links.beside(work, "renewed", token, opened.until))
    for verb, path in beside.items():
        other = path.rsplit("/", 1)[1]
        await world.app.read(partial(links.open_link, verb=verb, token=other))


async def test_an_old_date_is_not_acknowledged(world: World) -> None:
    """A link about a date that is over does not silence the next one."""
    view, tokens = await _sent(world)
    fields = {"renews_on": "2026-12-20"}
    await world.app.write(lambda w: lines.change(w, world.owner, view.line.id, fields))
    with pytest.raises(Conflict):
        await _press(world, "acknowledge", tokens["acknowledge"])


def _token(world: World, verb: str, subject: str) -> str:
    until = world.clock.at.replace(year=2027)
    return sign(derive(world.app.desk.key, "links"), verb, subject, until)


@pytest.mark.parametrize(
    ("verb", "after"), [("confirm", "works"), ("unsubscribe", "stopped"), ("not-mine", "stopped")]
)
async def test_links_about_a_mailbox(world: World, verb: str, after: str) -> None:
    """Pressed, not opened, a link confirms or stops its mailbox; twice is once; who said no is not
    confirmed by an older link."""
    given = {"kind": "email", "address": "boris@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, given))
    token = _token(world, verb, added.channel.id)
    opened = await world.app.write(lambda work: links.open_link(work, verb, token))
    assert opened.channel == added.channel
    assert await state_of(world, added.channel) == "unconfirmed"
    for _ in range(2):
        pressed = await _press(world, verb, token)
        assert pressed.channel is not None
        assert pressed.channel.state == after
    await _press(world, "confirm", _token(world, "confirm", added.channel.id))
    assert await state_of(world, added.channel) == after


async def test_a_removed_channels_links_find_nothing(world: World) -> None:
    """A link about a channel that is gone says so."""
    for subject in ("chn_none", "own_none"):
        with pytest.raises(NotFound):
            await _press(world, "unsubscribe", _token(world, "unsubscribe", subject))


async def test_an_owner_who_confirms_is_confirmed(world: World) -> None:
    """Whoever presses the link that went to their own address has proved that it is theirs."""
    boris = await person(world.app, "boris@example.org")
    assert (await world.app.read(lambda work: people.me(work, boris))).confirmed is False
    (mine,) = await world.app.read(lambda work: channels.everything(work, boris))
    await _press(world, "confirm", _token(world, "confirm", mine.id))
    assert (await world.app.read(lambda work: people.me(work, boris))).confirmed is True


async def test_who_gets_it_by_mistake_can_say_so_where_it_is_clear_which_mailbox(
    world: World,
) -> None:
    """Beside the links of a reminder that went to one mailbox, and in the mail itself, stands the
    one that takes the address away."""
    await register(world, last_active_on="2026-10-01", inactivity_days=90)
    await world.beat(DUE)
    body = world.smtp.messages[0].parsed.get_body(("plain",))
    assert body is not None
    said = dict(re.findall(r"/a/([a-z-]+)/(\S+)", body.get_content()))
    until = world.clock.at + LINK_LIFE
    beside = await world.app.read(
        lambda work: links.beside(work, "topped-up", said["topped-up"], until)
    )
    pressed = await _press(world, "not-mine", beside["not-mine"].rpartition("/")[2])
    assert pressed.channel is not None
    assert pressed.channel.state == "stopped"
    again = await _press(world, "not-mine", said["not-mine"])
    assert again.channel == pressed.channel


async def test_with_two_mailboxes_only_the_mail_itself_knows_which(world: World) -> None:
    """Nobody can tell whose page is open: it stands in the mails alone."""
    given = {"kind": "email", "address": "boris@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, given))
    await _press(world, "confirm", _token(world, "confirm", added.channel.id))
    _, tokens = await _sent(world)
    until = world.clock.at + LINK_LIFE
    beside = await world.app.read(lambda w: links.beside(w, "used", tokens["used"], until))
    assert sorted(beside) == ["snooze", "stop"]
