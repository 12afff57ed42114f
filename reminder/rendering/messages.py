"""Messages: a letterhead and what is to be said become subject, text, HTML or JSON.

Each function is pure: the same values give the same bytes, so a retry sends what was sent before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from reminder.domain.delivery import Kind, Message
from reminder.domain.notice import Notice
from reminder.domain.schedule import local_date
from reminder.rendering import payload
from reminder.rendering.block import Block, block, briefs
from reminder.rendering.chats import printing
from reminder.rendering.display import date_long, time_of_day
from reminder.rendering.frame import Around, frame, sites_of, why_reminded
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.letters import (
    Asked,
    Letter,
    confirmation,
    erase,
    failing,
    heartbeat,
    sign_in,
    sign_up,
    test,
)
from reminder.rendering.naming import clean
from reminder.rendering.second import second
from reminder.rendering.subjects import digest_subject, subject
from reminder.rendering.telling import Matter, Telling
from reminder.rendering.templating import Press
from reminder.rendering.translation import Speech
from reminder.rendering.ways import ways_once
from reminder.rendering.wrapping import wrap

Reminders = tuple[Letterhead, Sequence[Notice]]


def reminder_message(head: Letterhead, notices: Sequence[Notice]) -> Message:
    """The mail that tells these reminders, in the order given (most urgent first).

    ``notices`` is not empty. Its ``payload`` is empty: see :func:`reminder_payload`.
    """
    return reminder_messages([(head, notices)])[0]


def reminder_messages(parts: Sequence[Reminders]) -> list[Message]:
    """Many such mails, each step for all of them."""
    tellings = [[Telling.of(notice, head) for notice in notices] for head, notices in parts]
    blocks = [[block(this) for this in some] for some in tellings]
    arounds = [_around(*both) for both in zip(tellings, blocks, strict=True)]
    contents = [_content(*both) for both in zip(tellings, blocks, strict=True)]
    rows = zip(parts, arounds, contents, strict=True)
    return [
        _mail(head, Kind.REMINDER, around, content, "reminder")
        for (head, _), around, content in rows
    ]


def _around(tellings: list[Telling], blocks: list[Block]) -> Around:
    return Around(
        subject=_title(tellings),
        preview=blocks[0].body if len(blocks) == 1 else blocks[0].heading,
        why=why_reminded(tellings),
        sites=sites_of([one.ways for one in blocks]),
        reminds=True,
    )


def _content(tellings: list[Telling], blocks: list[Block]) -> dict[str, object]:
    ways = ways_once([one.ways for one in blocks])
    return {"blocks": blocks, "ways": ways, "lead": _lead(tellings)}


def reminder_payload(head: Letterhead, notices: Sequence[Notice]) -> bytes:
    """The JSON body of the webhook that tells these reminders, in the order given, in the format
    of the letterhead."""
    return reminder_payloads([(head, notices)])[0]


def reminder_payloads(parts: Sequence[Reminders]) -> list[bytes]:
    """Many such bodies, each step for all of them."""
    plain = iter(_standard([part for part in parts if not part[0].format.is_chat]))
    return [_chat(*part) if part[0].format.is_chat else next(plain) for part in parts]


def _chat(head: Letterhead, notices: Sequence[Notice]) -> bytes:
    tellings = [Telling.of(notice, head) for notice in notices]
    blocks = [block(this) for this in tellings]
    return printing.reminders(head, _title(tellings), tellings, blocks)


def _standard(parts: Sequence[Reminders]) -> list[bytes]:
    tellings = [[Telling.of(notice, head) for notice in notices] for head, notices in parts]
    titles = [_title(some) for some in tellings]
    short = iter(briefs([this for some in tellings for this in some]))
    told = [
        (title, some, list(islice(short, len(some))))
        for title, some in zip(titles, tellings, strict=True)
    ]
    return payload.dues(told)


def test_message(head: Letterhead) -> Message:
    """A message that only shows that a channel works; ``channel.test``."""
    return _letter(head, Kind.TEST, test(Speech.of(head.language)), "channel.test")


def heartbeat_message(head: Letterhead, counts: Mapping[str, int] | None = None) -> Message:
    """A message that shows that the service runs, and what it did; ``service.heartbeat``."""
    letter = heartbeat(Speech.of(head.language), counts)
    return _letter(head, Kind.HEARTBEAT, letter, "service.heartbeat")


def confirmation_message(head: Letterhead, confirm_url: str, for_whom: str = "") -> Message:
    """The one mail that an address gets before it is confirmed; it has no JSON. ``for_whom`` is
    the person whose second contact it is to be."""
    letter = confirmation(Speech.of(head.language), confirm_url, for_whom)
    return _letter(head, Kind.CONFIRMATION, letter)


def sign_in_message(head: Letterhead, url: str, device: str) -> Message:
    """The mail that carries a sign-in link; it has no JSON. ``device`` is what asked for it."""
    asked = _asked(head, device)
    return _letter(head, Kind.SIGN_IN, sign_in(Speech.of(head.language), url, asked))


def sign_up_message(head: Letterhead, url: str, device: str) -> Message:
    """The mail that lets its reader begin; it has no JSON."""
    asked = _asked(head, device)
    return _letter(head, Kind.SIGN_IN, sign_up(Speech.of(head.language), url, asked))


def erase_message(head: Letterhead, url: str, device: str) -> Message:
    """The mail that carries the link that erases an account; it has no JSON."""
    asked = _asked(head, device)
    return _letter(head, Kind.SIGN_IN, erase(Speech.of(head.language), url, asked))


def _asked(head: Letterhead, device: str) -> Asked:
    day = date_long(local_date(head.due_at, head.zone), head.language, head.today)
    return Asked(f"{day}, {time_of_day(head.due_at, head.zone)}", device)


def failing_message(head: Letterhead, channel_name: str, why: str = "") -> Message:
    """The word, by another channel, that a channel gets no messages any more and why;
    ``channel.failing``."""
    name = clean(channel_name)
    letter = failing(Speech.of(head.language), name, f"{head.base_url}/channels", why)
    return _letter(head, Kind.FAILING, letter, "channel.failing", channel=name, reason=why)


def second_message(head: Letterhead, notices: Sequence[Notice], for_whom: str) -> Message:
    """What the second contact of a person is told, as mail and as JSON, or for a chat: which
    number, by when, and how to help; no balance, no whole number, and nothing that acts for that
    person."""
    tellings = [Telling.of(notice, head) for notice in notices]
    letter = second(tellings, clean(for_whom))
    if head.format.is_chat:
        body = printing.second(head, letter, tellings)
        title = letter.subject
        return Message(
            head.delivery, Kind.REMINDER, head.language, head.due_at, title, "", payload=body
        )
    around = Around(
        subject=letter.subject,
        preview=letter.intro,
        why=letter.why,
        sites=sites_of([part.ways for part in letter.parts]),
    )
    mail = _mail(head, Kind.REMINDER, around, {"letter": letter}, "second")
    body = payload.second(head, letter, tellings)
    return replace(mail, payload=body)


def _title(tellings: list[Telling]) -> str:
    if len(tellings) == 1:
        return subject(tellings[0])
    needing = [this for this in tellings if this.matter is not Matter.COVERED]
    lines = len({this.notice.line.id for this in needing or tellings})
    return digest_subject(tellings[0].speech, lines, covered=not needing)


def _lead(tellings: list[Telling]) -> str:
    return "" if len(tellings) == 1 else _title(tellings)


def _letter(
    head: Letterhead, kind: Kind, letter: Letter, hook: str = "", **said: object
) -> Message:
    if head.format.is_chat:
        body = printing.letter(head, kind.value, letter)
        return Message(
            head.delivery, kind, head.language, head.due_at, letter.subject, "", payload=body
        )
    around = Around(letter.subject, letter.paragraphs[0], letter.why)
    mail = _mail(head, kind, around, {"letter": letter})
    if not hook:
        return mail
    text = "\n\n".join([letter.heading, *letter.paragraphs, payload.safety(head)])
    body = payload.envelope(hook, head, title=letter.subject, text=text, **said)
    return replace(mail, payload=body)


def _mail(
    head: Letterhead, kind: Kind, around: Around, content: dict[str, object], name: str = "letter"
) -> Message:
    speech = Speech.of(head.language)
    colon, after_it = ("：", "") if speech.language == "zh" else (":", " ")
    values = {
        "frame": frame(head, speech, around),
        "colon": colon + after_it,
        "colon_end": colon,
        **content,
    }
    text, html = head.templates.print(lambda press: _both(press, name, values))
    return Message(
        id=head.delivery,
        kind=kind,
        language=head.language,
        dated=head.dated,
        subject=around.subject,
        text=text,
        html=html,
        unsubscribe_url=head.unsubscribe_url,
    )


def _both(press: Press, name: str, values: dict[str, object]) -> tuple[str, str]:
    """Text and HTML with one set of templates, so that they always say the same."""
    text, html = press.pages((f"{name}.txt.j2", f"{name}.html.j2"), values)
    return wrap(text), html
