"""The limits of the chats are those that kept clients of them have, each named with its version.

Checked on the installed client: apprise 2.2.0 (Slack, Telegram, ntfy's title, Feishu, DingTalk).
Read in clients that are not installed here: slack_sdk 3.47.0 (blocks: section 3000, context 10
elements, header 150, button 75), aiogram 3.31.0 (Telegram 4096 after entities), discord.py 2.7.1
(embed: title 256, description 4096), maxapi 1.2.3 (text under 4000, link buttons), serverchan-sdk
1.0.6 (title, desp), gotify 0.6.0 (title, message, priority, extras), lark-oapi 1.7.5 (plain_text,
buttons with a url). *Unchecked*, in no client of the registries: ntfy's 4096 bytes, WeCom's card
and its 4096 bytes of markdown, ServerChan's 32 signs of a title, Bark's 3500 bytes, Gotify's 32000.
"""

from __future__ import annotations

from importlib.metadata import version

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.wecombot import NotifyWeComBot

from reminder.domain.delivery import Format
from reminder.rendering.chats.forms import (
    FORMS,
    Limit,
    Nearness,
    items,
    octets,
    seen_signs,
    signs,
    whole,
)


def most(kind: Format, *path: str) -> int:
    """The limit of a format at a place."""
    (found,) = (limit.most for limit in FORMS[kind].limits if limit.path == path)
    return found


def test_every_chat_has_a_form() -> None:
    """No format is without its limits, and none speaks of no day."""
    assert set(FORMS) == {one for one in Format if one.is_chat}
    for form in FORMS.values():
        assert form.limits
        assert set(form.levels) == set(Nearness)


@pytest.mark.parametrize(
    ("kind", "path", "client"),
    [
        (Format.SLACK, ("text",), NotifySlack),
        (Format.TELEGRAM, ("text",), NotifyTelegram),
        (Format.FEISHU, (), NotifyFeishu),
        (Format.DINGTALK, ("markdown", "text"), NotifyDingTalk),
    ],
)
def test_limits_are_those_of_apprise(kind: Format, path: tuple[str, ...], client: type) -> None:
    """Ours are those of apprise 2.2, as it is installed."""
    assert version("apprise").startswith("2.2")
    assert most(kind, *path) == client.body_maxlen  # type: ignore[attr-defined]  # a plugin of apprise


def test_limits_that_are_narrower_or_wider_than_those_of_apprise() -> None:
    """The server of ntfy cuts earlier than apprise does; a Discord embed and WeCom's markdown hold
    twice what apprise writes into a plain text."""
    assert most(Format.NTFY, "title") == NotifyNtfy.title_maxlen
    assert most(Format.NTFY, "message") < NotifyNtfy.body_maxlen
    assert most(Format.DISCORD, "embeds", "*", "description") == 2 * NotifyDiscord.body_maxlen + 96
    assert most(Format.WECOM, "markdown", "content") == 2 * NotifyWeComBot.body_maxlen


def test_a_limit_weighs_its_place() -> None:
    """A limit looks at every place of its path, and at nothing where there is none."""
    limit = Limit(("blocks", "*", "text"), signs, 3)
    assert limit.holds({"blocks": [{"text": "abc"}, {"other": "abcdef"}]})
    assert not limit.holds({"blocks": [{"text": "abc"}, {"text": "abcd"}]})
    assert limit.holds({"blocks": {"text": "abcd"}})
    assert limit.holds("no object")


def test_weights() -> None:
    """A sign outside the first plane counts twice, tags of HTML not at all, bytes as bytes."""
    assert signs("a👩") == 3
    assert seen_signs('<a href="https://example.org">a&amp;b</a>') == 3
    assert octets("号") == 3
    assert whole({"a": "号"}) == len('{"a":"号"}'.encode())
    assert (items([1, 2]), items("12")) == (2, 0)
