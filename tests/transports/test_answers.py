"""What the answers of chats mean. The codes are those that the services' own documents give and
kept clients quote (aiogram 3.31, discord.py 2.7, serverchan-sdk 1.0, apprise 2.2)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.delivery import Format, Receipt, WebhookTarget
from reminder.errors import Refused, Throttled, TransportError, Unreachable
from reminder.transports import webhook
from reminder.transports.answers import Answer, judge
from reminder.transports.guard import networks
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.fakes import Answer as Said
from tests.fakes import WebhookSink
from tests.transports.samples import NOW, message

CHATS = [one for one in Format if one.is_chat]
TAKEN = {
    Format.TELEGRAM: b'{"ok":true,"result":{}}',
    Format.BARK: b'{"code":200,"message":"success","timestamp":1}',
    Format.SERVERCHAN: b'{"code":0,"message":"","data":{"errno":0}}',
    Format.FEISHU: b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    Format.DINGTALK: b'{"errcode":0,"errmsg":"ok"}',
    Format.WECOM: b'{"errcode":0,"errmsg":"ok"}',
    Format.SLACK: b"ok",
    Format.DISCORD: b'{"id":"1"}',
    Format.NTFY: b'{"id":"x","event":"message"}',
    Format.GOTIFY: b'{"id":1}',
    Format.MAX: b'{"message":{}}',
}


def read(kind: Format, status: int, body: bytes | str | dict[str, object]) -> TransportError | str:
    """What an answer comes to: the receipt's word, or the error."""
    raw = json.dumps(body).encode() if isinstance(body, dict) else body
    raw = raw.encode() if isinstance(raw, str) else raw
    try:
        return judge(kind, Answer(status, "", raw), NOW, keep=True).answer
    except TransportError as error:
        return error


@pytest.mark.parametrize("kind", CHATS)
def test_success_is_taken(kind: Format) -> None:
    """The answer that a service gives to a message it took is a receipt with the status alone."""
    assert read(kind, 200, TAKEN[kind]) == "200"


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (Format.TELEGRAM, 400, {"ok": False, "description": "Bad Request: chat not found"}),
        (Format.TELEGRAM, 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
        (Format.TELEGRAM, 403, {"ok": False, "description": "Forbidden: bot was blocked"}),
        (Format.TELEGRAM, 404, {"ok": False, "description": "Not Found"}),
        (
            Format.TELEGRAM,
            400,
            {
                "ok": False,
                "description": "Bad Request: group chat was upgraded to a supergroup chat",
            },
        ),
        (Format.SLACK, 404, "no_service"),
        (Format.SLACK, 403, "invalid_token"),
        (Format.SLACK, 410, "channel_is_archived"),
        (Format.DISCORD, 404, {"message": "Unknown Webhook", "code": 10015}),
        (Format.NTFY, 403, {"code": 40301, "http": 403, "error": "forbidden"}),
        (Format.GOTIFY, 401, {"error": "Unauthorized", "errorCode": 401}),
        (Format.BARK, 400, {"code": 400, "message": "failed to get device token: not found"}),
        (Format.BARK, 200, {"code": 400, "message": "device key is empty"}),
        (Format.SERVERCHAN, 200, {"code": 40001, "message": "[AUTH]错误的Key sendkey"}),
        (Format.FEISHU, 200, {"code": 19001, "msg": "param invalid: incoming webhook token"}),
        (Format.FEISHU, 200, {"code": 19021, "msg": "sign match fail"}),
        (Format.FEISHU, 200, {"code": 19024, "msg": "Key Words Not Found"}),
        (Format.DINGTALK, 200, {"errcode": 310000, "errmsg": "keywords not in content"}),
        (Format.DINGTALK, 200, {"errcode": 300005, "errmsg": "token is not exist"}),
        (Format.WECOM, 200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
        (Format.MAX, 401, {"code": "verify.token", "message": "Invalid access_token"}),
    ],
)
def test_the_place_is_gone(kind: Format, status: int, body: str | dict[str, object]) -> None:
    """A chat that does not exist, a token that does not count, a robot that wants another word:
    refused, and the channel rests."""
    error = read(kind, status, body)
    assert isinstance(error, Refused)
    assert error.channel_off
    assert error.answer.startswith(str(status))


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (Format.TELEGRAM, 400, {"ok": False, "description": "Bad Request: can't parse entities"}),
        (Format.SLACK, 400, "invalid_blocks"),
        (Format.DISCORD, 400, {"embeds": ["0"]}),
        (Format.NTFY, 413, {"code": 41301, "http": 413}),
        (Format.GOTIFY, 400, {"error": "Bad Request"}),
        (Format.MAX, 400, {"code": "proto.payload"}),
    ],
)
def test_the_message_is_wrong(kind: Format, status: int, body: str | dict[str, object]) -> None:
    """What is said of the message ends this message, not the channel."""
    error = read(kind, status, body)
    assert isinstance(error, Refused)
    assert not error.channel_off


@pytest.mark.parametrize(
    ("kind", "status", "header", "body", "wait"),
    [
        (Format.TELEGRAM, 429, "", {"ok": False, "parameters": {"retry_after": 35}}, 35),
        (Format.DISCORD, 429, "1", {"message": "rate limited", "retry_after": 0.65}, 0.65),
        (Format.SLACK, 429, "30", "rate_limited", 30),
        (Format.FEISHU, 200, "", {"code": 11232, "msg": "frequency limited"}, 60),
        (Format.FEISHU, 200, "", {"code": 99991400}, 60),
        (Format.DINGTALK, 200, "", {"errcode": 130101, "errmsg": "send too fast"}, 60),
        (Format.WECOM, 200, "", {"errcode": 45009, "errmsg": "api freq out of limit"}, 60),
        (Format.MAX, 429, "", {"code": "too.many.requests"}, 60),
        (Format.TELEGRAM, 429, "", {"parameters": {"retry_after": 1e12}}, 86400),
        (Format.TELEGRAM, 429, "", {"parameters": {"retry_after": -1}}, 60),
        (Format.TELEGRAM, 429, "", {"parameters": {"retry_after": True}}, 60),
    ],
)
def test_too_often(
    kind: Format, status: int, header: str, body: str | dict[str, object], wait: float
) -> None:
    """The named wait is kept wherever the service names it, a minute where it names none."""
    raw = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(Throttled) as caught:
        judge(kind, Answer(status, header, raw.encode()), NOW, keep=True)
    assert caught.value.retry_after == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("kind", "status", "body", "maybe"),
    [
        (Format.WECOM, 200, {"errcode": -1, "errmsg": "system busy"}, False),
        (Format.FEISHU, 200, {"code": 5000}, False),
        (Format.FEISHU, 200, "<html>please sign in to this network</html>", True),
        (Format.TELEGRAM, 200, "", True),
        (Format.TELEGRAM, 502, "<html>bad gateway</html>", False),
        (Format.DISCORD, 403, "<html>blocked by a wall</html>", False),
        (Format.DISCORD, 500, {"message": "x"}, False),
        (Format.NTFY, 507, {"code": 50701}, False),
        (Format.SLACK, 302, "", False),
    ],
)
def test_the_rest_is_tried_again(
    kind: Format, status: int, body: str | dict[str, object], maybe: bool
) -> None:
    """What nobody can tell may pass; a 200 that is not the service's own may have been taken."""
    error = read(kind, status, body)
    assert isinstance(error, Unreachable)
    assert error.maybe_accepted is maybe


@given(
    kind=st.sampled_from(CHATS), status=st.sampled_from((200, 400, 404, 429, 500)), body=st.binary()
)
def test_any_answer_is_read(kind: Format, status: int, body: bytes) -> None:
    """No body breaks the reading, and nothing unprintable is kept of it."""
    found = read(kind, status, body)
    kept = found if isinstance(found, str) else found.answer
    assert kept.isprintable()
    assert len(kept) <= 204


@given(value=st.one_of(st.none(), st.floats(), st.text(), st.integers(), st.lists(st.integers())))
def test_any_wait_is_read(value: object) -> None:
    """Whatever stands where the wait should be, it is a wait of a day at most."""
    body = json.dumps({"retry_after": value, "parameters": value}).encode()
    with pytest.raises(Throttled) as caught:
        judge(Format.DISCORD, Answer(429, "", body), NOW, keep=True)
    assert timedelta() <= caught.value.retry_after <= timedelta(days=1)


def test_standard_is_as_ever() -> None:
    """Our own format is judged by its status alone."""
    assert judge(Format.STANDARD, Answer(200, "", b'{"code": 1}'), NOW, keep=True) == Receipt("200")


async def test_of_a_private_host_only_the_status_is_kept() -> None:
    """The answer is read, but nothing of it is kept of a private host."""
    async with WebhookSink() as hook:
        hook.behave(Said(400, body=b'{"code": 400, "message": "failed to get device token"}'))
        out = WebhookTransport(WebhookSettings(allow_networks=networks(["127.0.0.0/8"])))
        target = WebhookTarget(hook.url, (), private_allowed=True, format=Format.BARK)
        with pytest.raises(Refused) as caught:
            await out.send(message(payload=b"{}"), target, NOW)
        await out.close()
    assert caught.value.channel_off
    assert caught.value.answer == "400"


def test_no_key_is_kept() -> None:
    """A key that stands in the address does not stand in what is kept of an answer."""
    key = "k3y" * 8
    target = WebhookTarget(f"https://api.day.app/{key}", (), format=Format.BARK)
    assert webhook._without_secrets(f"no [{key}]".encode(), target).decode() == "no […]"
    standard = WebhookTarget(f"https://example.org/{key}", ())
    assert webhook._without_secrets(key.encode(), standard) == key.encode()
