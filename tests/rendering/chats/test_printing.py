"""Every chat message in every format and language is JSON of that format, within its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.delivery import Format
from reminder.domain.ids import LineId, ReminderId
from reminder.domain.notice import Notice
from reminder.rendering import messages
from reminder.rendering.chats.forms import FORMS
from tests.rendering.notices import BASE, LANGUAGES, cases, head, labelled

CHATS = [one for one in Format if one.is_chat]
BUTTONS = (Format.SLACK, Format.TELEGRAM, Format.NTFY, Format.WECOM, Format.FEISHU, Format.MAX)
KEYS = {
    Format.SLACK: {"text", "unfurl_links", "unfurl_media", "blocks"},
    Format.DISCORD: {"embeds", "allowed_mentions"},
    Format.TELEGRAM: {"text", "parse_mode", "link_preview_options", "reply_markup"},
    Format.NTFY: {"title", "message", "priority", "tags", "click", "actions"},
    Format.GOTIFY: {"title", "message", "priority", "extras"},
    Format.BARK: {"title", "body", "group", "level", "url"},
    Format.SERVERCHAN: {"title", "desp"},
    Format.FEISHU: {"msg_type", "card"},
    Format.DINGTALK: {"msgtype", "markdown"},
    Format.WECOM: {"msgtype", "template_card", "markdown"},
    Format.MAX: {"text", "format", "attachments"},
}


CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printed(kind: Format, language: str, *notices: Notice) -> dict[str, Any]:
    """The JSON of a chat message about these."""
    about = replace(head(language, *notices), format=kind)
    found: dict[str, Any] = json.loads(messages.reminder_payload(about, notices))
    return found


def several(language: str, count: int, label: str = "") -> list[Notice]:
    """So many lines, one reminder each."""
    made = []
    for i in range(count):
        one = labelled(cases()["short"], language)
        line = replace(one.line, id=LineId(f"lin_{i}"), label=label or f"{one.line.label} {i}")
        made.append(replace(one, id=ReminderId(f"rem_{i}"), line=line))
    return made


def strings(value: object) -> Iterator[str]:
    """Every text in a JSON document."""
    if isinstance(value, str):
        yield value
    for one in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from strings(one)


def keeps_to_the_form(kind: Format, document: dict[str, Any]) -> None:
    """See that a document is of its format and within its limits."""
    assert set(document) <= KEYS[kind]
    assert FORMS[kind].fits(document)
    assert not any(CONTROL.search(text) for text in strings(document))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CHATS)
def test_every_matter(kind: Format, language: str) -> None:
    """Each matter is of the format, with masked number, our pages, and the official address."""
    for name, one in cases().items():
        named = labelled(one, language)
        document = printed(kind, language, named)
        keeps_to_the_form(kind, document)
        said = "\n".join(strings(document))
        assert "1234542" not in said.replace("\u00a0", ""), name
        assert f"{BASE}/operators/{one.line.operator}" in said, name
        assert "&amp;amp;" not in said
        official = head(language, named).links[named.id].get("official")
        if official:
            assert official in said, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("count", [2, 5, 10])
def test_digests(kind: Format, language: str, count: int) -> None:
    """A digest names every line, up to ten, and each operator's instructions once."""
    made = several(language, count)
    document = printed(kind, language, *made)
    keeps_to_the_form(kind, document)
    said = "\n".join(strings(document))
    assert all(one.line.label in said for one in made)
    official = head(language, *made).links[made[0].id]["official"]
    assert official in said


@pytest.mark.parametrize("kind", CHATS)
def test_letters(kind: Format) -> None:
    """A test, a word on a failing channel and a sign of life are of the format too."""
    for language in LANGUAGES:
        about = replace(head(language), format=kind)
        made = [
            messages.test_message(about),
            messages.heartbeat_message(about),
            messages.failing_message(about, '"Home" <server> *x*'),
        ]
        for message in made:
            document = json.loads(message.payload)
            keeps_to_the_form(kind, document)
        assert f"{BASE}/channels" in made[-1].payload.decode()


@pytest.mark.parametrize("kind", CHATS)
def test_a_second_contact_is_told_in_its_own_chat(kind: Format) -> None:
    """Somebody else's chat gets its own format: for whom, which number, how to top up; the number
    masked, no balance, and nothing that acts for the owner."""
    for language in LANGUAGES:
        for many in ([labelled(cases()["short"], language)], several(language, 10)):
            about = replace(head(language, *many), format=kind)
            made = messages.second_message(about, many, "anna@example.org")
            document = json.loads(made.payload)
            keeps_to_the_form(kind, document)
            said = "\n".join(strings(document)).replace("\u00a0", " ")
            assert "anna@example.org" in said.replace("\\", "")
            assert all(one.line.label in said for one in many)
            assert about.links[many[0].id]["official"] in said
            assert "/a/" not in said
            assert not re.search(r"250[,.\s]?0?0? ₽|1234542", said)


@pytest.mark.parametrize("kind", BUTTONS)
def test_actions_are_buttons(kind: Format) -> None:
    """One line's actions are buttons with the addresses of our pages: what is done comes first."""
    one = cases()["short"]
    document = printed(kind, "en", one)
    match kind:
        case Format.SLACK:
            (found,) = (b["elements"] for b in document["blocks"] if b["type"] == "actions")
        case Format.TELEGRAM:
            found = [b for row in document["reply_markup"]["inline_keyboard"] for b in row]
        case Format.NTFY:
            found = document["actions"]
        case Format.WECOM:
            found = document["template_card"]["jump_list"]
        case Format.FEISHU:
            (found,) = (e["actions"] for e in document["card"]["elements"] if e["tag"] == "action")
        case _:
            rows = document["attachments"][0]["payload"]["buttons"]
            found = [b for row in rows for b in row]
    links = head("en", one).links[one.id]
    assert [b["url"] for b in found] == [links[v] for v in ("topped_up", "snooze", "stop")]


def test_a_request_for_a_reading_has_its_button() -> None:
    """Who is asked for the balance can tell it from the chat."""
    said = "\n".join(strings(printed(Format.TELEGRAM, "en", cases()["asks"])))
    assert f"{BASE}/a/balance/" in said


@pytest.mark.parametrize(
    ("case", "priority"), [("silence", 3), ("covered_today", 3), ("short", 4), ("short_today", 5)]
)
def test_nearness(case: str, priority: int) -> None:
    """A phone rings as usual, louder within three days, loudest on the day; not if covered."""
    assert printed(Format.NTFY, "en", cases()[case])["priority"] == priority


def test_what_does_not_fit_is_counted() -> None:
    """Lines that do not fit are left out whole, from the end, and counted."""
    made = several("ru", 10, "Очень длинное имя " * 5)
    made = [
        replace(one, line=replace(one.line, label=f"{i} " + "🧑‍🤝‍🧑" * 30))
        for i, one in enumerate(made)
    ]
    document = printed(Format.WECOM, "ru", *made)
    keeps_to_the_form(Format.WECOM, document)
    content = document["markdown"]["content"]
    shown = len(re.findall(r"\*\*\d 🧑", content))
    assert 0 < shown <= 10
    if shown < 10:
        assert f"и ещё {10 - shown} номер" in content


class Tags(HTMLParser):
    """Reads Telegram's HTML: tags in balance, and only those that it knows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        assert tag in {"b", "i", "a"}
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.links += [value or "" for _, value in attrs]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self.open.pop() == tag


HOSTILE = st.one_of(
    st.text(max_size=100),
    st.text(alphabet="\"'\\<>&*_[]()`~#|{}%\n\r\t\x00", max_size=100),
    st.sampled_from(
        [
            "妈妈的手机" * 20,
            "👩‍👧‍👦" * 20,
            '"},{"text":"x","url":"https://evil.example"}',
            "</b><a href='https://evil.example'>x</a>",
            "[x](https://evil.example)",
            "<https://evil.example|x> <!channel> <@U1>",
            "**x** <at id=all></at> @everyone",
            "{{ 7*7 }}{% raw %}",
        ]
    ),
)
HOSTS = {"reminder.example.org", "pay.example.net", "support.mts.ru"}
LINKS = {
    Format.SLACK: re.compile(r"<([^|>]*)[|>]"),
    Format.DISCORD: re.compile(r"(?<!\\)(?:\]\(|<)([^)>]*)[)>]"),
    Format.GOTIFY: re.compile(r"(?<!\\)(?:\]\(|<)([^)>]*)[)>]"),
    Format.SERVERCHAN: re.compile(r"(?<!\\)(?:\]\(|<)([^)>]*)[)>]"),
    Format.FEISHU: re.compile(r"\]\(([^)]*)\)"),
    Format.DINGTALK: re.compile(r"\]\(([^)]*)\)"),
    Format.WECOM: re.compile(r"\]\(([^)]*)\)"),
}


def texts_with_markup(kind: Format, document: dict[str, Any]) -> list[str]:
    """Those texts of a message in which its service reads markup."""
    match kind:
        case Format.SLACK:
            mine = [b for b in document["blocks"] if b["type"] != "actions"]
            parts = [
                p
                for b in mine
                for p in (b.get("text"), *b.get("fields", ()), *b.get("elements", ()))
                if p
            ]
            return [document["text"], *(p["text"] for p in parts if p["type"] == "mrkdwn")]
        case Format.DISCORD:
            return [document["embeds"][0]["description"]]
        case Format.FEISHU:
            elements = document["card"]["elements"]
            parts = [p for e in elements for p in (e, *e.get("fields", ()))]
            return [p["text"]["content"] for p in parts if "text" in p]
        case Format.DINGTALK:
            return [document["markdown"]["text"]]
        case Format.WECOM:
            return [document["markdown"]["content"]] if "markdown" in document else []
        case Format.GOTIFY:
            return [document["message"]]
        case Format.SERVERCHAN:
            return [document["desp"]]
        case _:
            return []


@settings(max_examples=200)
@given(
    label=HOSTILE,
    kind=st.sampled_from(CHATS),
    language=st.sampled_from(LANGUAGES),
    case=st.sampled_from(sorted(cases())),
    count=st.sampled_from((1, 2, 10)),
)
def test_any_label(label: str, kind: Format, language: str, case: str, count: int) -> None:
    """Whatever the label: JSON of the format, within its limits, and no markup out of it."""
    one = cases()[case]
    made = [
        replace(
            one,
            id=ReminderId(f"rem_{i}"),
            line=replace(one.line, id=LineId(f"lin_{i}"), label=label),
        )
        for i in range(count)
    ]
    document = printed(kind, language, *made)
    keeps_to_the_form(kind, document)
    for text in texts_with_markup(kind, document):
        found = LINKS[kind].findall(text)
        assert {urlsplit(address).hostname for address in found} <= HOSTS
        assert all(address.startswith("https://") for address in found)
    if kind in (Format.TELEGRAM, Format.MAX):
        reader = Tags()
        reader.feed(document["text"])
        reader.close()
        assert reader.open == []
        assert {urlsplit(address).hostname for address in reader.links} <= HOSTS


def test_same_values_same_bytes() -> None:
    """A retry sends what was sent before."""
    one = cases()["short"]
    for kind in CHATS:
        assert printed(kind, "zh", one) == printed(kind, "zh", one)
