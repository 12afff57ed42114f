"""The markup of each chat, and how a text keeps out of it: no label can open a tag, a link or bold.

Where a chat knows no way to escape a sign, the sign is replaced by its wide or mathematical twin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

Escape = Callable[[str], str]

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_SLACK = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ"}
)
_BACKSLASH = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]()<>#|~&"})
_ENTITY = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>*_~[]()`#\\"})
_TWINS = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "\\`*_[]()<>#|~"})
_UNSAFE_IN_URL = re.compile(r"[^\x21-\x7e]|[\"'()<>\[\]\\^`{|}*]")


def plain(text: str) -> str:
    """No markup: the text as it is."""
    return text


def html(text: str) -> str:
    """Telegram and MAX: HTML.

    >>> html('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return text.translate(_HTML)


def mrkdwn(text: str) -> str:
    """Slack: three signs are escaped, its marks have no escape."""
    return text.translate(_SLACK)


def markdown(text: str) -> str:
    r"""Discord, Gotify and ServerChan: a backslash before each mark.

    >>> markdown("*[x](y)*")
    '\\*\\[x\\]\\(y\\)\\*'
    """
    return text.translate(_BACKSLASH)


def lark_md(text: str) -> str:
    """Feishu: marks as numbered entities."""
    return text.translate(_ENTITY)


def wide(text: str) -> str:
    """DingTalk and WeCom know no escape: marks become full-width.

    >>> wide("*100#")
    '＊100＃'
    """
    return text.translate(_TWINS)


def address(url: str) -> str:
    """An address without signs that could end the link it stands in.

    >>> address("https://example.org/a(b)|c")
    'https://example.org/a%28b%29%7Cc'
    """
    return _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe=""), url)
