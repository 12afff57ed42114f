"""What a chat service's answer means. Several answer 200 and say in the body that they refuse.

The codes are those of the services' own documents as their clients quote them; one that is not
known is tried again, as for any webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NoReturn

import orjson

from reminder.domain.delivery import LONGEST_THROTTLE, Format, Receipt
from reminder.domain.quick import quick
from reminder.errors import Refused, Throttled, Unreachable
from reminder.transports.base import excerpt
from reminder.transports.verdict import THROTTLE_UNSAID, read_wait, verdict

_SUCCESS = range(200, 300)
_WRONG_MESSAGE = frozenset({400, 413, 415, 422})
_WRONG_PLACE = frozenset({401, 403, 404, 410})
_TOO_MANY = 429


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    retry_after: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a service says in its body how it went: the keys that hold its code, the codes that mean
    taken, gone and too often, and the words (in lower case) that mean gone. Without keys the
    status says it all."""

    keys: tuple[str, ...] = ()
    taken: frozenset[object] = frozenset({0})
    gone: frozenset[object] = frozenset()
    often: frozenset[object] = frozenset()
    lost: tuple[str, ...] = ()


_TONGUES: Mapping[Format, _Tongue] = MappingProxyType(
    {
        Format.TELEGRAM: _Tongue(
            ("ok",),
            taken=frozenset({True}),
            lost=(
                "chat not found",
                "upgraded to a supergroup",
                "kicked",
                "message thread not found",
            ),
        ),
        Format.BARK: _Tongue(
            ("code",), taken=frozenset({200}), lost=("device token", "device key")
        ),
        Format.SERVERCHAN: _Tongue(("code", "errno"), lost=("pushtoken", "sendkey")),
        Format.FEISHU: _Tongue(
            ("code", "StatusCode"),
            gone=frozenset({19001, 19021, 19022, 19024}),
            often=frozenset({11232, 99991400}),
        ),
        Format.DINGTALK: _Tongue(
            ("errcode",),
            gone=frozenset({300001, 300005, 310000, 400101}),
            often=frozenset({130101, 130102, 410100, 660026}),
        ),
        Format.WECOM: _Tongue(
            ("errcode",), gone=frozenset({93000}), often=frozenset({45009, 45033})
        ),
    }
)
_BY_STATUS = _Tongue()


def judge(kind: Format, answer: Answer, now: datetime, *, keep: bool) -> Receipt:
    """Return a receipt, or raise what the answer means; ``keep`` an excerpt of the body, or, of a
    private host, nothing of it."""
    text = answer.body.decode("utf-8", "replace")
    shown = text if keep else ""
    if not kind.is_chat:
        return verdict(answer.status, answer.retry_after, shown, now)
    tongue, said = _TONGUES.get(kind, _BY_STATUS), _read(answer.body)
    if answer.status == _TOO_MANY or _code(tongue, said) in tongue.often:
        _throttle(kind, answer, said, shown, now)
    if answer.status in _SUCCESS:
        return _taken(kind, tongue, answer, said, shown)
    if answer.status in _WRONG_MESSAGE | _WRONG_PLACE and not text.lstrip().startswith("<"):
        _refuse(kind, tongue, answer, text, shown)
    return verdict(answer.status, answer.retry_after, shown, now)


def _read(body: bytes) -> Mapping[str, object]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(tongue: _Tongue, said: Mapping[str, object]) -> object:
    code = next((said[key] for key in tongue.keys if key in said), None)
    return code if isinstance(code, int | str) else None


def _taken(
    kind: Format, tongue: _Tongue, answer: Answer, said: Mapping[str, object], shown: str
) -> Receipt:
    code = _code(tongue, said)
    kept = f"{answer.status} {excerpt(shown)}".strip()
    if not tongue.keys or (code is not None and code in tongue.taken):
        return Receipt(str(answer.status))
    if code is None:
        detail = f"the host does not answer as {kind} does"
        raise Unreachable(detail, answer=kept, maybe_accepted=True)
    detail = f"{kind} did not take it: its code is {code}"
    if code in tongue.gone or _is_lost(tongue, answer.body.decode("utf-8", "replace")):
        raise Refused(detail, answer=kept, channel_off=True)
    raise Unreachable(detail, answer=kept)


def _refuse(kind: Format, tongue: _Tongue, answer: Answer, text: str, shown: str) -> NoReturn:
    kept = f"{answer.status} {excerpt(shown)}".strip()
    off = answer.status in _WRONG_PLACE or _is_lost(tongue, text)
    what = "this address" if off else "this message"
    detail = f"{kind} says {answer.status}: it does not take {what}"
    raise Refused(detail, answer=kept, channel_off=off)


def _is_lost(tongue: _Tongue, text: str) -> bool:
    lower = text.casefold()
    return any(word in lower for word in tongue.lost)


def _throttle(
    kind: Format, answer: Answer, said: Mapping[str, object], shown: str, now: datetime
) -> NoReturn:
    """Telegram names the seconds in ``parameters``, Discord beside the message, others in the
    header or not at all."""
    kept = f"{answer.status} {excerpt(shown)}".strip()
    inner = said.get("parameters")
    named = inner.get("retry_after") if isinstance(inner, dict) else said.get("retry_after")
    wait = _seconds(named) or read_wait(answer.retry_after, now) or THROTTLE_UNSAID
    raise Throttled(f"{kind} asks for patience", wait, answer=kept)


def _seconds(named: object) -> timedelta | None:
    if isinstance(named, bool) or not isinstance(named, int | float) or not named > 0:
        return None
    return timedelta(seconds=min(named, LONGEST_THROTTLE.total_seconds()))
