"""Every message in every language keeps the rules of mail and of words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.delivery import Kind, Message
from reminder.domain.ids import LineId, ReminderId
from reminder.domain.notice import Notice
from reminder.rendering import messages
from reminder.rendering.wrapping import COLUMNS, columns
from tests.rendering.notices import BASE, CATALOGUE, LANGUAGES, cases, head, labelled

BANNED = (
    "expire", "urgent", "immediately", "verify", "blocked", "last chance", "истекает", "продлите",
    "срочно", "немедленно", "заблокируют", "подтвердите личность", "到期", "立即", "紧急",
    "停机在即",
    "验证身份",
)  # fmt: skip
LONGEST_HTML = 30_000
LONGEST_DIGEST = 48_000
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Reads a page: its tags in balance, the addresses it links, the text people see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: dict[str, str] = {}
        self.text = ""
        self.current = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and the address if it is a link."""
        self.tags.add(tag)
        if tag == "a":
            self.current = dict(attrs)["href"] or ""
            self.links[self.current] = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag
        if tag == "a":
            self.current = ""

    def handle_data(self, data: str) -> None:
        """Gather the text, and that of the link it stands in."""
        self.text += data
        if self.current:
            self.links[self.current] += data


def read(html: str) -> Reader:
    """Read a page and see that every tag is closed."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def reminders(language: str) -> Iterator[tuple[str, Notice, Message]]:
    """Every case with its message in that language."""
    for name, one in cases().items():
        named = labelled(one, language)
        yield name, named, messages.reminder_message(head(language, named), [named])


def letters(language: str) -> list[Message]:
    """Every message that is about no line."""
    frame, url = head(language), f"{BASE}/confirm/abc"
    return [
        messages.test_message(frame),
        messages.heartbeat_message(frame),
        messages.confirmation_message(replace(frame, unsubscribe_url=""), url),
        messages.sign_in_message(replace(frame, unsubscribe_url=""), url, "Firefox, Linux"),
        messages.sign_up_message(replace(frame, unsubscribe_url=""), url, ""),
        messages.erase_message(replace(frame, unsubscribe_url=""), url, "Firefox, Linux"),
        messages.failing_message(frame, "Home <server>"),
    ]


def several(language: str, count: int) -> Message:
    """A digest of so many lines."""
    made = []
    for i in range(count):
        one = labelled(cases()["short"], language)
        made.append(
            replace(one, id=ReminderId(f"rem_{i}"), line=replace(one.line, id=LineId(f"lin_{i}")))
        )
    return messages.reminder_message(head(language, *made), made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_banned_word(language: str) -> None:
    """No message says what frauds say."""
    every = [message for _, _, message in reminders(language)]
    for message in [*every, *letters(language), several(language, 3)]:
        said = f"{message.subject}\n{message.text}\n{message.html}\n{message.payload.decode()}"
        assert [word for word in BANNED if word in said.casefold()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_hold_both_links(language: str) -> None:
    """The official address stands in full in both parts, its text being itself; ours as well."""
    for name, one, message in reminders(language):
        page = read(message.html)
        ours = f"{BASE}/operators/{one.line.operator}?language={language}"
        official = CATALOGUE.get(one.line.operator).official_link
        for address in [ours, *([official.url] if official else [])]:
            assert f"\n{address}\n" in message.text, name
            assert page.links[address] == address, name
        assert f"{BASE}/safety?language={language}" in page.links
        assert message.unsubscribe_url in page.links
        assert message.unsubscribe_url in message.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_link_the_same(language: str) -> None:
    """Every address of the page stands in the text part too, and no other host is linked."""
    for name, _, message in reminders(language):
        for address in read(message.html).links:
            assert address in message.text, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_rules(language: str) -> None:
    """HTML is small and has no image, script, form or mark that clients drop."""
    every = [message for _, _, message in reminders(language)]
    for message in [*every, *letters(language), several(language, 10)]:
        page = read(message.html)
        assert len(message.html.encode()) <= LONGEST_HTML
        assert not page.tags & {"img", "script", "form", "svg", "link", "input"}
        assert "colspan" not in message.html
        assert "!" not in message.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_short(language: str) -> None:
    """No line of the text part is longer than 78 columns unless it is an address."""
    every = [message for _, _, message in reminders(language)]
    for message in [*every, *letters(language), several(language, 3)]:
        lines = [line for line in message.text.split("\n") if "://" not in line]
        assert [line for line in lines if columns(line) > COLUMNS] == []
        assert "\n\n\n" not in message.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_number_is_masked(language: str) -> None:
    """No mail shows the number whole."""
    for name, _, message in reminders(language):
        assert "1234542" not in message.text + message.html + message.subject, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters(language: str) -> None:
    """Letters have both parts; a webhook's have JSON of their type, a private link has none."""
    found = letters(language)
    assert [m.kind for m in found] == [
        Kind.TEST,
        Kind.HEARTBEAT,
        Kind.CONFIRMATION,
        *[Kind.SIGN_IN] * 3,
        Kind.FAILING,
    ]
    types = [json.loads(m.payload)["type"] for m in found if m.payload]
    assert types == ["channel.test", "service.heartbeat", "channel.failing"]
    for message in found[2:6]:
        assert f"{BASE}/confirm/abc" in message.text
        assert f"{BASE}/confirm/abc" in read(message.html).links
    assert json.loads(found[6].payload)["data"]["channel"] == "Home <server>"
    assert "Home &lt;server&gt;" in found[6].html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 4, 11, 50])
def test_digest_is_whole_and_small(language: str, count: int) -> None:
    """A mail of 50 lines is well under the 102 KB at which Gmail cuts, with addresses as long as
    real ones; each line has its heading and its main action in both parts, the rest in the text."""
    long = "t" * 68
    made = [
        replace(
            labelled(one, language),
            id=ReminderId(f"rem_{i}"),
            line=replace(one.line, id=LineId(f"lin_{i}"), label=f"Nr {i:02}"),
        )
        for i, one in enumerate([*cases().values()] * 2)
    ][:count]
    about = head(language, *made)
    links = {
        one: {verb: url.replace("8mQ3vKx0RfWc2LhTn7Yb1A", long + one) for verb, url in all_.items()}
        for one, all_ in about.links.items()
    }
    message = messages.reminder_message(replace(about, links=links), made)
    page = read(message.html)
    assert len(message.html.encode()) <= (LONGEST_DIGEST if count > 10 else LONGEST_HTML)
    for one in made:
        assert one.line.label in page.text
        mine = [u for u in page.links if u.endswith(long + one.id)]
        assert mine
        verbs = ("snooze", "stop")
        assert all(links[one.id][verb] in message.text for verb in verbs)
    assert set(page.links) <= {word for word in message.text.split() if "://" in word}


def test_same_values_same_bytes() -> None:
    """A message rendered twice is the same, so that a retry sends what was sent before."""
    assert several("ru", 3) == several("ru", 3)


def test_digest() -> None:
    """A digest has a block for each line, in the order given."""
    message = several("en", 3)
    assert message.subject == "3 numbers need you"
    assert message.text.count("== Mum’s phone, MTS") == 3
    assert "because you added these numbers" in message.text


def test_covered_lines_are_not_counted() -> None:
    """A digest counts the lines that need somebody; where none does, it counts the covered."""
    short, covered = cases()["short"], cases()["covered"]
    for kinds, subject in (
        ((short, covered, short), "2 numbers need you"),
        ((covered, covered), "2 numbers, covered"),
    ):
        made = [
            replace(one, id=ReminderId(f"rem_{i}"), line=replace(one.line, id=LineId(f"lin_{i}")))
            for i, one in enumerate(kinds)
        ]
        assert messages.reminder_message(head("en", *made), made).subject == subject


LABELS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["\"quoted\" 'x'", "a\r\nBcc: evil@example.org", "<script>alert(1)</script>", "👩‍👧‍👦 Mum"]
    ),
    st.text("妈妈的手机", min_size=150, max_size=200),
    st.text("ab{}%", min_size=150, max_size=200),
)


@given(label=LABELS, language=st.sampled_from(LANGUAGES))
def test_any_label(label: str, language: str) -> None:
    """Whatever the label, the subject is one line, the page whole, and no tag comes from it."""
    one = cases()["short"]
    named = replace(one, line=replace(one.line, label=label))
    message = messages.reminder_message(head(language, named), [named])
    assert "\r" not in message.subject
    assert "\n" not in message.subject
    page = read(message.html)
    assert "script" not in page.tags
    assert all(address.startswith("https://") for address in page.links)
    lines = [line for line in message.text.split("\n") if "://" not in line]
    assert all(columns(line) <= COLUMNS for line in lines)
