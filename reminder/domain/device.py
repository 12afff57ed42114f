"""What a browser or program calls itself, in a few words that a person knows again.

``User-Agent`` is free text and easily made up: it names a device for its owner, and decides
nothing.
"""

from __future__ import annotations

import re

LONGEST = 60
_BROWSERS = (
    ("YaBrowser/", "Yandex Browser"),
    ("MicroMessenger/", "WeChat"),
    ("EdgA?/|EdgiOS/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("HeadlessChrome/|Chrome/|CriOS/", "Chrome"),
    ("Version/[^ ]+ .*Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """Browser and system of a ``User-Agent``, else its first word, else nothing.

    >>> name_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    >>> name_of("curl/8.5.0")
    'curl'
    """
    found = [_first(_BROWSERS, agent), _first(_SYSTEMS, agent)]
    named = ", ".join(name for name in found if name)
    return named or _word(agent)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, agent)), "")


def _word(agent: str) -> str:
    """The first word without its version, printable and short."""
    word = agent.strip().partition(" ")[0].partition("/")[0]
    return "".join(sign for sign in word if sign.isprintable())[:LONGEST]
