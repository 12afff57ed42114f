"""Where chats are posted to. The requests of apprise 2.2.0, a client kept for all of them but MAX,
are caught on loopback and laid beside ours; MAX is that of maxapi 1.2.3."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from apprise import NotifyBase
from apprise.plugins.bark import NotifyBark
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.gotify import NotifyGotify
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.serverchan import NotifyServerChan
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.wecombot import NotifyWeComBot

from reminder.domain.delivery import Format, Message, WebhookTarget
from reminder.errors import InvalidInput
from reminder.transports.guard import networks
from reminder.transports.places import addressed, place_of, secrets_of, signed
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.fakes import Answer, WebhookSink
from tests.fakes.webhook import SunkRequest
from tests.transports.samples import NOW, message

KEY, BOT = "k" * 24, "123456789:" + "a" * 35
SLACK = "T0000000A/B0000000A/" + "c" * 24
SETTINGS = WebhookSettings(allow_networks=networks(["127.0.0.0/8"]))


def moved(kind: type[NotifyBase], attribute: str, base: str, *given: Any, **named: Any) -> Any:
    """A client of apprise that posts to ``base`` instead of the service's own host."""
    return type(kind.__name__, (kind,), {attribute: base})(*given, **named)


def client(kind: Any, **named: Any) -> Any:
    """A client of apprise to a server of one's own; apprise is typed in part only."""
    return kind(**named)


def apprise_for(kind: Format, port: int) -> Any:
    """Apprise's client of a format, posting to a port on loopback."""
    base, here = f"http://127.0.0.1:{port}", {"host": "127.0.0.1", "port": port}
    clients: dict[Format, Callable[[], Any]] = {
        Format.SLACK: lambda: moved(
            NotifySlack, "webhook_url", f"{base}/services", token_a="T0000000A",
            token_b="B0000000A", token_c="c" * 24, targets=[],
        ),
        Format.DISCORD: lambda: moved(
            NotifyDiscord, "notify_url", f"{base}/api/webhooks", webhook_id="1" * 18,
            webhook_token=KEY * 3,
        ),
        Format.TELEGRAM: lambda: moved(
            NotifyTelegram, "notify_url", f"{base}/bot", bot_token=BOT, targets=["42"]
        ),
        Format.NTFY: lambda: client(NotifyNtfy, targets=["a-topic"], mode="private", **here),
        Format.GOTIFY: lambda: client(NotifyGotify, token="A" * 15, **here),
        Format.BARK: lambda: client(NotifyBark, targets=[KEY], **here),
        Format.SERVERCHAN: lambda: moved(
            NotifyServerChan, "notify_url", f"{base}/{{token}}.send", token=KEY
        ),
        Format.FEISHU: lambda: moved(
            NotifyFeishu, "notify_url", f"{base}/open-apis/bot/v2/hook/{{token}}", token=KEY
        ),
        Format.DINGTALK: lambda: moved(
            NotifyDingTalk, "notify_url", f"{base}/robot/send?access_token={{token}}", token=KEY
        ),
        Format.WECOM: lambda: moved(
            NotifyWeComBot, "notify_url", f"{base}/cgi-bin/webhook/send?key={{key}}", key=KEY
        ),
    }  # fmt: skip
    return clients[kind]()


ADDRESSES = {
    Format.SLACK: f"/services/{SLACK}",
    Format.DISCORD: f"/api/webhooks/{'1' * 18}/{KEY * 3}",
    Format.TELEGRAM: f"/bot{BOT}/sendMessage?chat_id=42",
    Format.NTFY: "/a-topic",
    Format.GOTIFY: f"/message?token={'A' * 15}",
    Format.BARK: f"/{KEY}",
    Format.SERVERCHAN: f"/{KEY}.send",
    Format.FEISHU: f"/open-apis/bot/v2/hook/{KEY}",
    Format.DINGTALK: f"/robot/send?access_token={KEY}",
    Format.WECOM: f"/cgi-bin/webhook/send?key={KEY}",
}
TOKENS = ("x-gotify-key", "authorization")


def heart(request: SunkRequest) -> tuple[str, dict[str, list[str]], dict[str, str]]:
    """What says where a request goes: path, query, and the header that holds a token."""
    split = urlsplit(request.path)
    query = {k: [v.lower() for v in held] for k, held in parse_qs(split.query).items()}
    # Apprise signs DingTalk even without a secret; Discord is asked to confirm (discord.py 2.7.1).
    for mark in ("timestamp", "sign", "wait"):
        query.pop(mark, None)
    return split.path.rstrip("/"), query, {
        name: request.headers[name] for name in TOKENS if name in request.headers
    }  # fmt: skip


async def ours(kind: Format, hook: WebhookSink, sent: Message, *secrets: str) -> SunkRequest:
    """Our request to an address of that format on loopback."""
    url = hook.url.removesuffix("/hook") + ADDRESSES[kind]
    code = 200 if kind is Format.BARK else 0
    hook.behave(Answer(200, body=b'{"ok": true, "errcode": 0, "code": %d}' % code))
    out = WebhookTransport(SETTINGS)
    target = WebhookTarget(url, secrets, private_allowed=True, format=kind)
    assert (await out.send(sent, target, NOW)).answer == "200"
    await out.close()
    return hook.requests[-1]


@pytest.mark.parametrize("kind", list(ADDRESSES))
async def test_the_same_place_as_apprise(kind: Format) -> None:
    """Our request goes where apprise's goes, with the token in the same place and its fields."""
    assert version("apprise") >= "2.2"
    body = json.dumps({"text": "x"}).encode()
    async with WebhookSink() as hook:
        hook.behave(Answer(200, body=b'{"ok": true}'))
        sender = apprise_for(kind, hook.port)
        await asyncio.to_thread(sender.notify, body="Some words", title="A title")
        theirs = hook.requests[-1]
        mine = await ours(kind, hook, message(payload=body))
    assert heart(mine) == heart(theirs)
    their_fields = (
        dict(parse_qsl(theirs.body.decode()))
        if kind is Format.SERVERCHAN
        else json.loads(theirs.body)
    )
    added = place_of(kind, f"https://example.org{ADDRESSES[kind]}").fields
    assert set(added) <= set(their_fields)
    assert {name: their_fields[name] for name in added} == dict(added)
    assert "webhook-signature" not in mine.headers
    assert "webhook-id" not in mine.headers


def test_max() -> None:
    """MAX takes its token in a header; the rest of the query stays (maxapi 1.2.3)."""
    place = place_of(
        Format.MAX, "https://platform-api.max.ru/messages?chat_id=-7&access_token=t0k3n"
    )
    assert place.url == (
        "https://platform-api.max.ru/messages?chat_id=-7&disable_link_preview=true"
    )
    assert place.headers == {"authorization": "t0k3n"}


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (Format.SLACK, "https://hooks.slack.com/"),
        (Format.DISCORD, "https://discord.com/channels/1/2"),
        (Format.TELEGRAM, "https://api.telegram.org/bot1:a/sendMessage"),
        (Format.TELEGRAM, "https://api.telegram.org/bot1:a/sendMessage?chat_id=me"),
        (Format.TELEGRAM, "https://api.telegram.org/sendMessage?chat_id=1"),
        (Format.TELEGRAM, "https://api.telegram.org/bot1:a/x?chat_id=1&message_thread_id=x"),
        (Format.NTFY, "https://ntfy.sh/"),
        (Format.NTFY, "https://ntfy.sh/a%20b"),
        (Format.GOTIFY, "https://gotify.example.org/message"),
        (Format.GOTIFY, "https://gotify.example.org/message?token=a%0D%0Ax:%20y"),
        (Format.GOTIFY, "https://gotify.example.org/?token=abc"),
        (Format.BARK, "https://api.day.app/"),
        (Format.BARK, "https://api.day.app/push"),
        (Format.SERVERCHAN, "https://sctapi.ftqq.com/SCT1"),
        (Format.FEISHU, "https://open.feishu.cn/open-apis/bot/hook/x"),
        (Format.DINGTALK, "https://oapi.dingtalk.com/robot/send"),
        (Format.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        (Format.MAX, "https://platform-api.max.ru/messages?chat_id=1"),
        (Format.MAX, "https://platform-api.max.ru/messages?access_token=a&chat_id=x"),
        (Format.MAX, "https://platform-api.max.ru/messages?access_token=a%20b&chat_id=1"),
    ],
)
def test_another_shape_is_refused(kind: Format, url: str) -> None:
    """An address of another shape is refused with an example of the right one."""
    with pytest.raises(InvalidInput, match="Write the address so: https://"):
        place_of(kind, url)


def test_examples_are_right() -> None:
    """The shapes that the refusals show are taken."""
    place = place_of(
        Format.TELEGRAM, "https://api.telegram.org/bot1:a/sendMessage?chat_id=@abc&message_thread_id=5"
    )  # fmt: skip
    assert place.fields == {"chat_id": "@abc", "message_thread_id": 5}
    assert place_of(Format.TELEGRAM, "https://t.example.org/x/bot1:a?chat_id=-100").url == (
        "https://t.example.org/x/bot1:a/sendMessage"
    )
    assert place_of(Format.NTFY, "https://x.org/base/topic?auth=abc").url == (
        "https://x.org/base/?auth=abc"
    )
    assert place_of(Format.STANDARD, "https://x.org/a?b=c").url == "https://x.org/a?b=c"


def test_a_robot_is_shown_its_secret() -> None:
    """Feishu's proof stands in the body, DingTalk's in the query, each made as it asks."""
    seconds = int(NOW.timestamp())
    feishu = place_of(Format.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/x")
    proof = hmac.new(f"{seconds}\nhush".encode(), digestmod=hashlib.sha256).digest()
    body = json.loads(
        addressed(b'{"msg_type": "text"}', signed(Format.FEISHU, feishu, "hush", NOW))
    )
    assert body == {
        "msg_type": "text",
        "timestamp": str(seconds),
        "sign": b64encode(proof).decode(),
    }
    dingtalk = place_of(Format.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=a")
    query = parse_qs(urlsplit(signed(Format.DINGTALK, dingtalk, "SEC1", NOW).url).query)
    mac = hmac.new(b"SEC1", f"{seconds}000\nSEC1".encode(), hashlib.sha256).digest()
    assert query["sign"] == [b64encode(mac).decode()]
    assert query["timestamp"] == [f"{seconds}000"]


async def test_a_signed_robot_gets_the_proof() -> None:
    """A DingTalk channel with a secret is signed on its way."""
    async with WebhookSink() as hook:
        request = await ours(Format.DINGTALK, hook, message(payload=b"{}"), "SEC1")
    assert {"access_token", "timestamp", "sign"} == set(parse_qs(urlsplit(request.path).query))


def test_secrets_of_an_address() -> None:
    """Tokens of path and query are known, short parts are not taken for tokens."""
    found = secrets_of(f"https://api.telegram.org/bot{BOT}/sendMessage?chat_id=42")
    assert BOT in found
    assert "42" not in found
    assert KEY in secrets_of(f"https://sctapi.ftqq.com/{KEY}.send")
