"""The JSON of the ``standard`` webhook (CONTRACT section 5). What is not known is ``null``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from reminder.domain.money import Money
from reminder.domain.phone import mask
from reminder.rendering.block import Brief
from reminder.rendering.frame import why_reminded
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.naming import clean
from reminder.rendering.second import Part, SecondLetter
from reminder.rendering.telling import Telling
from reminder.rendering.translation import Speech
from reminder.rendering.ways import official_url

_VERBS = ("topped_up", "renewed", "used", "balance", "acknowledge", "snooze", "stop")


def rfc3339(moment: datetime) -> str:
    """An instant in UTC with a ``Z`` and whole seconds (RFC 3339)."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def envelope(kind: str, head: Letterhead, **said: object) -> bytes:
    """The JSON that every webhook message has: type, timestamp, and what is said."""
    about: dict[str, object] = {"owner": head.owner, "language": head.language, **said}
    whole = {"type": kind, "timestamp": rfc3339(head.due_at), "data": about}
    return orjson.dumps(whole)


Told = tuple[str, Sequence[Telling], Sequence[Brief]]


def dues(told: Sequence[Told]) -> list[bytes]:
    """``reminder.due``: a title and text for people, and the reminders as values; of many messages,
    each step for all of them."""
    texts = [_text(tellings, blocks) for _, tellings, blocks in told]
    values = [list(map(_reminder, tellings, blocks)) for _, tellings, blocks in told]
    return [
        envelope("reminder.due", tellings[0].head, title=title, text=text, reminders=reminders)
        for (title, tellings, _), text, reminders in zip(told, texts, values, strict=True)
    ]


def _text(tellings: Sequence[Telling], blocks: Sequence[Brief]) -> str:
    end = safety(tellings[0].head)
    return "\n\n".join([*whose(tellings), *(summary(block) for block in blocks), end])


def whose(tellings: Sequence[Telling]) -> list[str]:
    """Why it came, where the reader only watches these numbers."""
    return [why_reminded(tellings)] if tellings[0].whose else []


def second(head: Letterhead, letter: SecondLetter, tellings: list[Telling]) -> bytes:
    """``reminder.due`` for a second contact: no balance, the number masked, no links that act."""
    text = "\n\n".join([letter.heading, letter.intro, *map(_told, letter.parts), safety(head)])
    reminders = [_shown(this, part) for this, part in zip(tellings, letter.parts, strict=True)]
    return envelope("reminder.due", head, title=letter.subject, text=text, reminders=reminders)


def _told(part: Part) -> str:
    ways = part.ways
    lines = [part.title, part.heading, ways.official_words, ways.official_url]
    return "\n".join(line for line in [*lines, ways.ours_words, ways.ours_url] if line)


def _shown(this: Telling, part: Part) -> dict[str, object]:
    notice, line = this.notice, this.notice.line
    return {
        "id": notice.id,
        "clock": notice.clock.value,
        "deadline": notice.deadline.isoformat(),
        "days_left": notice.days_left,
        "line": {"number": mask(line.number, this.language), "label": clean(line.label)},
        "operator": {"id": line.operator, "name": this.network},
        "links": {
            "how_to_top_up": part.ways.ours_url,
            "official": official_url(this) or None,
        },
    }


def summary(block: Brief) -> str:
    """One reminder as a few lines for a chat, with the number masked and both addresses."""
    ways = block.ways
    lines = [block.title, block.late, block.heading, block.body, ways.best]
    lines += [ways.official_words, ways.official_url, ways.ours_words, ways.ours_url]
    return "\n".join(line for line in lines if line)


def safety(head: Letterhead) -> str:
    """What we never ask, and where to read how to know our messages: the end of every text."""
    say = Speech.of(head.language).say
    words = say("How to tell our messages are real")
    colon = "：" if head.language == "zh" else ":"
    never = say("We never ask for codes, passwords or cards.")
    return f"{never}\n{words}{colon}\n{head.safety_url}"


def _reminder(this: Telling, block: Brief) -> dict[str, object]:
    notice, line = this.notice, this.notice.line
    upcoming = notice.next_due_at
    name = this.operator.names.in_(this.language) if this.operator else line.operator
    whose = {"whose": this.whose} if this.whose else {}
    return {
        "id": notice.id,
        "clock": notice.clock.value,
        "also": [clock.value for clock in notice.also],
        "deadline": notice.deadline.isoformat(),
        "days_left": notice.days_left,
        "late": notice.late,
        "line": {"id": line.id, "number": _number(this), "label": clean(line.label), **whose},
        "operator": {"id": line.operator, "name": name},
        "fee": _money(line.fee),
        "balance": _balance(this),
        "short": _money(notice.short),
        "links": _links(this, block),
        "next_due_at": rfc3339(upcoming) if upcoming else None,
    }


def _number(this: Telling) -> str:
    """Whole for the owner's own machine, masked for who only watches."""
    number = this.notice.line.number
    return mask(number, this.language) if this.whose else number


def _money(amount: Money | None) -> dict[str, str] | None:
    return {"amount": amount.amount, "currency": amount.currency} if amount else None


def _balance(this: Telling) -> dict[str, str] | None:
    if this.notice.seen is None:
        return None
    amount, on = this.notice.seen
    return {"amount": amount.amount, "currency": amount.currency, "on": on.isoformat()}


def _links(this: Telling, block: Brief) -> dict[str, str | None]:
    links = this.head.links.get(this.notice.id, {})
    return {
        "how_to_top_up": block.ways.ours_url,
        "official": official_url(this) or None,
        **{verb: links.get(verb) for verb in _VERBS},
    }
