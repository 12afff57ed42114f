"""The chat formats as a table: template, markup, limits, and their word for how near a day is.

Where the limits come from is said, format by format, in ``tests/rendering/chats/test_forms.py`` and
in ``docs/channels.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from html import unescape
from types import MappingProxyType

import orjson

from reminder.domain.delivery import Format
from reminder.rendering.chats import marks

_TAG = re.compile(r"<[^>]*>")


class Nearness(IntEnum):
    """How near the day is: later, within three days, or the day itself."""

    LATER = 3
    NEAR = 4
    TODAY = 5


Weigh = Callable[[object], int]


def signs(value: object) -> int:
    """UTF-16 units, never fewer than the characters that a service counts."""
    return len(str(value).encode("utf-16-le")) // 2


def seen_signs(value: object) -> int:
    """UTF-16 units of what is left of HTML when its tags are read."""
    return signs(unescape(_TAG.sub("", str(value))))


def octets(value: object) -> int:
    """Bytes in UTF-8."""
    return len(str(value).encode())


def whole(value: object) -> int:
    """Bytes of all the JSON."""
    return len(orjson.dumps(value))


def items(value: object) -> int:
    """How many there are."""
    return len(value) if isinstance(value, list) else 0


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may stand at a place of the JSON; ``*`` in the path is each of a list. Where the
    place is missing nothing is weighed."""

    path: tuple[str, ...]
    weigh: Weigh
    most: int

    def holds(self, document: object) -> bool:
        """Whether everything at the place keeps to it."""
        return all(self.weigh(found) <= self.most for found in _at(document, self.path))


def _at(document: object, path: tuple[str, ...]) -> Iterator[object]:
    if not path:
        yield document
    elif path[0] == "*":
        for one in document if isinstance(document, list) else ():
            yield from _at(one, path[1:])
    elif isinstance(document, dict) and path[0] in document:
        yield from _at(document[path[0]], path[1:])


@dataclass(frozen=True, slots=True)
class Form:
    """One chat format. ``levels`` is its own word for each nearness; ``buttons``: the actions of
    a single line are buttons, not links in the text."""

    escape: marks.Escape
    limits: tuple[Limit, ...]
    levels: Mapping[Nearness, int | str]
    url: marks.Escape = marks.address
    buttons: bool = False

    def fits(self, document: object) -> bool:
        """Whether the service would take this."""
        return all(limit.holds(document) for limit in self.limits)


def _levels(later: int | str, near: int | str, today: int | str) -> Mapping[Nearness, int | str]:
    return MappingProxyType({Nearness.LATER: later, Nearness.NEAR: near, Nearness.TODAY: today})


def _link_in_html(url: str) -> str:
    return marks.html(marks.address(url))


_NO_LEVELS = _levels("", "", "")

FORMS: Mapping[Format, Form] = MappingProxyType(
    {
        Format.SLACK: Form(
            marks.mrkdwn,
            (
                Limit(("text",), signs, 35_000),
                Limit(("blocks",), items, 50),
                Limit(("blocks", "*", "text", "text"), signs, 3_000),
                Limit(("blocks", "*", "elements"), items, 10),
            ),
            _NO_LEVELS,
            _link_in_html,
            buttons=True,
        ),
        Format.DISCORD: Form(
            marks.markdown,
            (
                Limit(("embeds", "*", "title"), signs, 256),
                Limit(("embeds", "*", "description"), signs, 4_096),
            ),
            _NO_LEVELS,
        ),
        Format.TELEGRAM: Form(
            marks.html,
            (Limit(("text",), seen_signs, 4_096),),
            _NO_LEVELS,
            _link_in_html,
            buttons=True,
        ),
        Format.NTFY: Form(
            marks.plain,
            (
                Limit(("message",), octets, 4_096),
                Limit(("title",), signs, 200),
                Limit(("actions",), items, 3),
            ),
            _levels(3, 4, 5),
            buttons=True,
        ),
        Format.GOTIFY: Form(
            marks.markdown, (Limit(("message",), octets, 32_000),), _levels(5, 8, 10)
        ),
        Format.BARK: Form(
            marks.plain,
            (Limit((), whole, 3_500),),
            _levels("active", "timeSensitive", "timeSensitive"),
        ),
        Format.SERVERCHAN: Form(
            marks.markdown,
            (Limit(("title",), signs, 32), Limit(("desp",), octets, 32_000)),
            _NO_LEVELS,
        ),
        Format.FEISHU: Form(
            marks.lark_md,
            (Limit((), whole, 19_985),),
            _levels("blue", "orange", "orange"),
            buttons=True,
        ),
        Format.DINGTALK: Form(
            marks.wide, (Limit(("markdown", "text"), octets, 19_985),), _NO_LEVELS
        ),
        Format.WECOM: Form(
            marks.wide,
            (
                Limit(("markdown", "content"), octets, 4_096),
                Limit(("template_card", "horizontal_content_list"), items, 6),
                Limit(("template_card", "jump_list"), items, 3),
            ),
            _NO_LEVELS,
            buttons=True,
        ),
        Format.MAX: Form(
            marks.html,
            (Limit(("text",), signs, 3_999),),
            _NO_LEVELS,
            _link_in_html,
            buttons=True,
        ),
    }
)
