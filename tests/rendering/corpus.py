"""Everything that can be said: each matter, letter and digest, in each language and format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from reminder.domain.delivery import Format, Message
from reminder.domain.ids import LineId, ReminderId
from reminder.domain.notice import Notice
from reminder.rendering import messages
from reminder.rendering.letterhead import Letterhead
from tests.rendering.notices import BASE, LANGUAGES, TODAY, cases, head, labelled, rubles

COUNTS = (1, 2, 5, 21)
FOR_WHOM = "anna@example.org"
# Where a chat's JSON holds words of the service, not ours.
TECHNICAL = frozenset(
    {
        *("type", "tag", "tags", "msgtype", "msg_type", "card_type", "parse_mode", "format"),
        *("action", "action_id", "style", "template", "level", "group", "contentType", "url"),
        *("click", "id", "clock", "also", "operator", "fee", "balance", "short", "links", "owner"),
        *("language", "deadline", "timestamp", "next_due_at", "line"),
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message: what it is, its language, the texts that people read, and every address."""

    name: str
    language: str
    texts: tuple[str, ...]
    addresses: frozenset[str]

    @property
    def all_text(self) -> str:
        """Every text with plain spaces."""
        return "\n".join(self.texts).replace("\u00a0", " ")


ADDRESS = re.compile(r"https?://[^\s\"'<>|)\]]+")


def words(value: object, key: str = "") -> Iterator[str]:
    """The texts of a JSON document that people read."""
    if key in TECHNICAL:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from words(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from words(one)


def of_mail(name: str, message: Message) -> Said:
    """A mail as it is read."""
    html = message.html.replace("&amp;", "&")
    body = re.sub(r"<style>.*?</style>|<!--.*?-->|<[^>]*>", " ", html, flags=re.DOTALL)
    texts = (message.subject, message.text, body.replace("&nbsp;", " "))
    found = frozenset(ADDRESS.findall(message.text + html))
    return Said(f"{name} mail", message.language, texts, found)


def of_hook(name: str, language: str, payload: bytes) -> Said:
    """A webhook's or chat's message as it is read."""
    document = json.loads(payload)
    raw = json.dumps(document, ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"')
    found = frozenset(ADDRESS.findall(raw.replace("&amp;", "&").replace("\\", "")))
    return Said(name, language, tuple(words(document)), found)


def with_age(one: Notice, days: int) -> Notice:
    """The same notice, its last balance so many days old."""
    return replace(one, seen=(rubles(250), TODAY - timedelta(days=days)))


def notices() -> Iterator[tuple[str, list[Notice]]]:
    """Each matter; a reading of each age; digests of each size."""
    found = cases()
    yield from ((name, [one]) for name, one in found.items())
    for n in COUNTS:
        yield f"asks {n}", [with_age(found["asks"], n)]
        for case in ("short", "covered", "silence"):
            yield (
                f"{n} {case}",
                [
                    replace(
                        found[case],
                        id=ReminderId(f"rem_{i}"),
                        line=replace(found[case].line, id=LineId(f"lin_{i}")),
                    )
                    for i in range(n)
                ],
            )


def letters(about: Letterhead) -> Iterator[tuple[str, Message]]:
    """Every message that is about no line."""
    yield "test", messages.test_message(about)
    yield "heartbeat", messages.heartbeat_message(about)
    yield "failing", messages.failing_message(about, "Bot 7")
    if not about.format.is_chat:
        private = replace(about, unsubscribe_url="")
        confirm = f"{BASE}/a/confirm/abc"
        yield "confirmation", messages.confirmation_message(private, confirm)
        yield "second asked", messages.confirmation_message(private, confirm, FOR_WHOM)
        place = f"{BASE}/sign-in/abc"
        yield "sign-in", messages.sign_in_message(private, place, "Firefox, Linux")
        yield "sign-up", messages.sign_up_message(private, place, "")
        yield "erase", messages.erase_message(private, place, "Firefox, Linux")


@lru_cache(maxsize=1)
def corpus() -> tuple[Said, ...]:
    """All of it."""
    return tuple(_corpus())


def _corpus() -> Iterator[Said]:
    for language in LANGUAGES:
        for name, plain in notices():
            made = [labelled(one, language) for one in plain]
            about = head(language, *made)
            yield of_mail(name, messages.reminder_message(about, made))
            second = messages.second_message(about, made[:50], FOR_WHOM)
            yield of_mail(f"{name} second", second)
            for form in Format:
                part = made[: 10 if form.is_chat else 15]
                payload = messages.reminder_payload(replace(about, format=form), part)
                yield of_hook(f"{name} {form}", language, payload)
                second = messages.second_message(replace(about, format=form), part, FOR_WHOM)
                yield of_hook(f"{name} second {form}", language, second.payload)
        for form in Format:
            for name, message in letters(replace(head(language), format=form)):
                if message.payload:
                    yield of_hook(f"{name} {form}", language, message.payload)
                if message.html:
                    yield of_mail(name, message)
