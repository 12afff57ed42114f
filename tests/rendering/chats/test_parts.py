"""What a chat says of a line, in more and in less detail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.domain.delivery import Format
from reminder.domain.notice import Notice
from reminder.rendering.block import block
from reminder.rendering.chats.parts import Chat, Content, Detail, cut, marked, of_reminders
from reminder.rendering.telling import Telling
from tests.rendering.notices import cases, head


def content(*notices: Notice, kind: Format = Format.TELEGRAM) -> Content:
    """What these reminders say in a chat."""
    about = replace(head("en", *notices), format=kind)
    tellings = [Telling.of(one, about) for one in notices]
    return of_reminders(about, "A title", tellings, [block(this) for this in tellings])


def test_actions() -> None:
    """What says it is done comes first; to put off and to stop come after, in short words."""
    part = content(cases()["asks"]).chat.parts[0]
    assert [one.verb for one in part.first] == ["topped_up", "balance"]
    assert [one.label for one in part.after] == ["Remind me tomorrow", "Stop for this number"]
    covered = content(cases()["covered"]).chat.parts[0]
    assert [one.verb for one in covered.first] == ["acknowledge"]


@pytest.mark.parametrize(
    ("detail", "empty"),
    [
        (Detail.FULL, set()),
        (Detail.SHORT, {"upcoming", "ours_url"}),
        (Detail.BRIEF, {"upcoming", "ours_url", "body"}),
        (Detail.BARE, {"upcoming", "ours_url", "body", "actions"}),
    ],
)
def test_less_and_less(detail: Detail, empty: set[str]) -> None:
    """Each step says less; the heading, the name and the official address stay to the end."""
    part = cut(content(cases()["short"]).chat, detail, 1).parts[0]
    names = ("heading", "name", "official_url", "upcoming", "ours_url", "body", "actions")
    assert {name for name in names if not getattr(part, name)} == empty


def lines(count: int) -> Chat:
    """A digest of so many lines of one operator."""
    return content(*(cases()["short"] for _ in range(count))).chat


def test_official_addresses_once() -> None:
    """A digest says an operator's address once, under its lines."""
    chat = cut(lines(3), Detail.SHORT, 3)
    assert len(chat.official) == 1
    assert not any(one.official_url for one in chat.parts)


@pytest.mark.parametrize(
    ("kept", "more"), [(3, ""), (2, "and 1 more number"), (0, "and 3 more numbers")]
)
def test_left_out_are_counted(kept: int, more: str) -> None:
    """What is left out is said in a number."""
    chat = cut(lines(3), Detail.BARE, kept)
    assert (len(chat.parts), chat.more) == (kept, more)


def test_marked() -> None:
    """Every text is escaped, every address made safe, and what is no text stays."""
    chat = marked(lines(2), str.upper, lambda url: f"<{url}>")
    assert chat.title == "A TITLE"
    assert chat.language == "en"
    assert chat.safety_url.startswith("<https://")
    assert chat.parts[0].heading.isupper()
    assert chat.parts[0].first[0].url.startswith("<https://")
    assert chat.parts[0].first[0].verb == "topped_up"


def test_buttons_or_links() -> None:
    """The sentence on safety says buttons where there are buttons, else names the hosts."""
    assert "Buttons open" in content(cases()["short"]).chat.safety
    assert "Links lead only to" in content(cases()["short"], kind=Format.GOTIFY).chat.safety
    assert "Links lead only to" in lines(2).safety
