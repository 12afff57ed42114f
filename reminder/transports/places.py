"""Where a chat's message goes: the address as its owner has it from the service, and what of it
belongs into the body or a header.

The shapes are those of the clients named in ``tests/transports/test_places.py``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import orjson

from reminder.domain.delivery import Format
from reminder.domain.quick import quick
from reminder.errors import InvalidInput

_LIKE_A_TOKEN = 12
_NUMBER = re.compile(r"-?\d{1,20}")
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_IN_HEADER = re.compile(r"[\x21-\x7e]{1,512}")


@quick
@dataclass(frozen=True, slots=True)
class Place:
    """The URL to post to, what is added to the JSON, and what to its headers."""

    url: str
    fields: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Parts:
    """An address taken apart."""

    split: SplitResult
    query: dict[str, str]

    @property
    def path(self) -> str:
        return self.split.path.rstrip("/")

    def to(self, path: str, query: Mapping[str, str]) -> str:
        """The same host with another path and query."""
        asked = urlencode(query, safe="@")
        return urlunsplit((self.split.scheme, self.split.netloc, path or "/", asked, ""))


def place_of(kind: Format, url: str) -> Place:
    """Read a chat's address; raises :class:`InvalidInput` that says how it is written."""
    if not kind.is_chat:
        return Place(url)
    split = urlsplit(url)
    parts = _Parts(split, dict(parse_qsl(split.query, keep_blank_values=True)))
    return _READERS[kind](parts)


def addressed(payload: bytes, place: Place) -> bytes:
    """The body with what its place adds."""
    if not place.fields:
        return payload
    return orjson.dumps({**orjson.loads(payload), **place.fields})


def secrets_of(url: str) -> frozenset[str]:
    """The parts of an address that a service's answer may repeat and nobody else is to see."""
    split = urlsplit(url)
    values = [value for _, value in parse_qsl(split.query)]
    parts = [unquote(part) for part in split.path.split("/")]
    bare = [part.removeprefix("bot").removesuffix(".send") for part in parts]
    return frozenset(part for part in (*values, *parts, *bare) if len(part) >= _LIKE_A_TOKEN)


def signed(kind: Format, place: Place, secret: str, now: datetime) -> Place:
    """The place with the proof that a robot with a secret asks for.

    Feishu: HMAC-SHA256 of nothing, the key being seconds, line feed and secret; in the body.
    DingTalk: of milliseconds, line feed and secret, the key being the secret; in the query.
    """
    seconds = int(now.timestamp())
    if kind is Format.FEISHU:
        mac = hmac.digest(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)
        proof = {"timestamp": str(seconds), "sign": base64.b64encode(mac).decode()}
        return Place(place.url, {**place.fields, **proof}, place.headers)
    stamp = str(seconds * 1000)
    mac = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    proof = {"timestamp": stamp, "sign": base64.b64encode(mac).decode()}
    return Place(f"{place.url}&{urlencode(proof)}", place.fields, place.headers)


def _refuse(example: str) -> NoReturn:
    raise InvalidInput.of("url", f"Write the address so: {example}")


def _slack(parts: _Parts) -> Place:
    if not parts.path.startswith("/services/"):
        _refuse("https://hooks.slack.com/services/…")
    return Place(parts.split.geturl())


def _discord(parts: _Parts) -> Place:
    if "/webhooks/" not in parts.path:
        _refuse("https://discord.com/api/webhooks/…")
    return Place(parts.to(parts.path, {**parts.query, "wait": "true"}))


def _telegram(parts: _Parts) -> Place:
    chat = parts.query.get("chat_id", "")
    thread = parts.query.get("message_thread_id", "")
    base = parts.path.removesuffix("/sendMessage")
    is_chat = _NUMBER.fullmatch(chat) or (chat.startswith("@") and len(chat) > 1)
    has_thread = not thread or _NUMBER.fullmatch(thread)
    if not re.search(r"/bot[^/]+$", base) or not is_chat or not has_thread:
        _refuse("https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>")
    fields: dict[str, object] = {"chat_id": int(chat) if _NUMBER.fullmatch(chat) else chat}
    if thread:
        fields["message_thread_id"] = int(thread)
    return Place(parts.to(f"{base}/sendMessage", {}), fields)


def _ntfy(parts: _Parts) -> Place:
    base, _, topic = parts.path.rpartition("/")
    if not _TOPIC.fullmatch(topic):
        _refuse("https://ntfy.sh/<a long random topic>")
    return Place(parts.to(f"{base}/", parts.query), {"topic": topic})


def _gotify(parts: _Parts) -> Place:
    token = parts.query.get("token", "")
    if not parts.path.endswith("/message") or not _IN_HEADER.fullmatch(token):
        _refuse("https://<your server>/message?token=<application token>")
    return Place(parts.to(parts.path, {}), headers={"x-gotify-key": token})


def _bark(parts: _Parts) -> Place:
    base, _, key = parts.path.rpartition("/")
    if not key or key == "push":
        _refuse("https://api.day.app/<your key>")
    return Place(parts.to(f"{base}/push", {}), {"device_key": unquote(key)})


def _serverchan(parts: _Parts) -> Place:
    if not parts.path.endswith(".send"):
        _refuse("https://sctapi.ftqq.com/<key>.send")
    return Place(parts.split.geturl())


def _feishu(parts: _Parts) -> Place:
    if "/bot/v2/hook/" not in parts.path:
        _refuse("https://open.feishu.cn/open-apis/bot/v2/hook/…")
    return Place(parts.split.geturl())


def _dingtalk(parts: _Parts) -> Place:
    if not parts.query.get("access_token"):
        _refuse("https://oapi.dingtalk.com/robot/send?access_token=…")
    return Place(parts.to(parts.path, {"access_token": parts.query["access_token"]}))


def _wecom(parts: _Parts) -> Place:
    if not parts.query.get("key"):
        _refuse("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")
    return Place(parts.split.geturl())


def _max(parts: _Parts) -> Place:
    query = dict(parts.query)
    token = query.pop("access_token", "")
    to = [_NUMBER.fullmatch(query.get(name, "")) for name in ("chat_id", "user_id")]
    if not parts.path.endswith("/messages") or not _IN_HEADER.fullmatch(token) or not any(to):
        _refuse("https://platform-api.max.ru/messages?chat_id=<chat>&access_token=<token>")
    query["disable_link_preview"] = "true"
    return Place(parts.to(parts.path, query), headers={"authorization": token})


_READERS: Mapping[Format, Callable[[_Parts], Place]] = MappingProxyType(
    {
        Format.SLACK: _slack,
        Format.DISCORD: _discord,
        Format.TELEGRAM: _telegram,
        Format.NTFY: _ntfy,
        Format.GOTIFY: _gotify,
        Format.BARK: _bark,
        Format.SERVERCHAN: _serverchan,
        Format.FEISHU: _feishu,
        Format.DINGTALK: _dingtalk,
        Format.WECOM: _wecom,
        Format.MAX: _max,
    }
)
