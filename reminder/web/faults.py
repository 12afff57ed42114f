"""Faults in the reader's language: the service speaks English, these are the pages' own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from reminder.errors import Fault, InvalidInput
from reminder.web.visit import Visit
from reminder.web.words import mark


@dataclass(frozen=True, slots=True)
class Shown:
    """One fault as a form shows it: the id of its field, what to do, and where that leads."""

    field: str
    words: Markup
    link: str = ""


_BY_WORDS = (
    (
        r"Enter all 10 digits after \+7. You entered (?P<n>\d+)",
        mark("Enter all 10 digits after +7. You entered {n}"),
    ),
    (r"Start with \+", mark("Start with + and the country code, such as +7")),
    (
        r"This number is too (short|long): (?P<n>\d+) digits after (?P<code>\+\d+)",
        mark("Check the number of digits after {code}: there are {n}"),
    ),
    (r"without an extension", mark("Write the number without an extension")),
    (r"(?P<code>\+\d+) has no such number", mark("{code} has no such number: check the digits")),
    (r"This number is in your list", mark("This number is in your list already")),
    (
        r"Write the amount in digits|Write the balance in digits",
        mark("Enter the amount in digits, such as 250 or 250.50"),
    ),
    (
        r"can mean (?P<one>\S+) or (?P<other>\S+): write which",
        mark("This can mean {one} or {other}: write the one you mean"),
    ),
    (r"decimals at most", mark("Enter the amount with fewer decimals")),
    (r"No sum was found", mark("No sum was found in this text: enter the balance above")),
    (
        r"is called the balance|several balances|in several ways",
        mark("This text is not certain: choose the balance, or enter it above"),
    ),
    (r"speaks of a day to come", mark("This text is about a day to come: enter today’s balance")),
    (
        r"speaks of (?P<named>[A-Z]{3}); this line is kept in (?P<kept>[A-Z]{3})",
        mark("This text is in {named}, but this number is kept in {kept}: enter the balance"),
    ),
    (r"operator's answer alone", mark("Paste the operator’s answer alone")),
    (r"This amount is too large", mark("Enter a smaller amount")),
    (r"A fee is more than zero", mark("Enter a fee above zero, or leave it empty")),
    (r"Enter the next fee date", mark("Enter the next fee date, today or later")),
    (r"within ten years", mark("Enter a date within the next ten years")),
    (r"Write a day of the years", mark("Enter a date from 2000 to 2199")),
    (r"a daily fee lowers it", mark("Enter the balance: a daily fee is taken from it each day")),
    (
        r"Write the day of the next fee",
        mark(
            "Enter the next fee date, or when the number was used last, "
            "or a balance and the sum to warn under"
        ),
    ),
    (
        r"Check the operator chosen",
        mark("Check the operator: it is chosen by the first digits of the number"),
    ),
    (
        r"Write the day of this fee",
        mark("Enter the day on which this fee is charged next, so that we can write before it"),
    ),
    (r"A tag has at most", mark("Write tags of 30 characters at most, with commas between them")),
    (r"At most (?P<n>\d+) tags", mark("Write at most {n} tags")),
    (r"Write the tag", mark("Write the tag")),
    (r"At most (?P<n>\d+) watchers", mark("{n} watchers are the most: end one first")),
    (r"Paste a list", mark("Paste a list: a number and a sum on each row")),
    (r"At most (?P<n>\d+) rows", mark("Paste at most {n} rows at a time")),
    (r"Name what is to change", mark("Fill in what is to change")),
    (r"You have no such line", mark("This number is not in your list any more")),
    (r"Choose 1 to", mark("Tick at least one number")),
    (r"not later than today", mark("Choose today or an earlier day")),
    (
        r"Choose a day from (?P<first>\S+) to (?P<last>\S+)",
        mark("Choose a day from {first} to {last}"),
    ),
    (r"no such day|Write a date", mark("Enter a date, such as 2026-12-01")),
    (r"A period is one day|Write a period", mark("Enter a number of days, 7 or more")),
    (
        r"Write a whole number from (?P<least>\d+) to (?P<most>\d+)",
        mark("Enter a whole number from {least} to {most}"),
    ),
    (r"At most (?P<n>\d+) characters", mark("Write at most {n} characters")),
    (r"line breaks", mark("Leave out line breaks and control characters")),
    (r"Write the address so: (?P<example>.+)", mark("Write the address so: {example}")),
    (
        r"address needs no secret",
        mark("Leave the secret empty: only our own format, Feishu and DingTalk have one"),
    ),
    (r"begins with https", mark("Enter a web address that begins with https://")),
    (r"Write one address", mark("Enter one mail address, such as anna@example.org")),
    (r"Write the sum that was paid in", mark("Enter the sum that was paid in, such as 300")),
    (r"both times", mark("Fill in both times, or leave both empty")),
    (r"at least one day after", mark("Enter days from 1 on, such as 1, 3, 7, 14")),
    (r"At most (?P<n>\d+) entries", mark("Name at most {n} days")),
    (r"lead time", mark("Enter whole days up to 366, such as 7, 3, 1, 0")),
    (
        r"asked today, and is asked again",
        mark("This address was asked today: wait for that mail, and open its link"),
    ),
    (r"owner with this address", mark("Somebody with this address is there already")),
    (r"address of this account", mark("Enter the address of this account as it stands above")),
    (r"Name what the token is for", mark("Enter what the token is for")),
    (r"At most (?P<n>\d+) channels", mark("{n} channels are the most: remove one first")),
    (r"This is your own address", mark("This is your own address: name somebody else")),
    (r"Write the mail address of somebody", mark("Enter the mail address of somebody else")),
    (
        r"must be typed again",
        mark("Its address must be typed again: remove the channel, then add it anew"),
    ),
    (r"is stopped: resume", mark("This channel is stopped: resume it first")),
    (r"is not confirmed yet is asked", mark("This address is confirmed already")),
    (
        r"same day: one ends on (?P<last>\S+), the other begins on (?P<first>\S+)",
        mark("You have a trip on these days: one ends on {last}, the other begins on {first}"),
    ),
    (r"A trip ends on", mark("Choose the first day there, or a later one")),
    (r"A trip lasts", mark("A trip lasts ten years at most")),
    (r"at most (?P<n>\d+) trips", mark("{n} trips are the most: remove one first")),
    (r"Confirm this address", mark("Open the link in the mail we sent to this address first")),
)
_BY_FIELD: Mapping[str, str] = {
    "number": mark("Write the number with its country code, such as +7 916 123-45-67"),
    "operator": mark("Choose the operator"),
    "timezone": mark("Enter a time zone, such as Europe/Moscow"),
    "at": mark("Enter a time, such as 09:00"),
    "quiet_hours": mark("Enter two different times, such as 22:00 and 08:00"),
    "email": mark("Enter one mail address, such as anna@example.org"),
    "url": mark("Enter a public web address to call, such as https://example.org/hook"),
    "secret": mark("Write whsec_ and 24 to 64 bytes in base 64, or leave it empty"),
    "channels": mark("Choose where to write"),
}


_ELSE = mark("Check this answer")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def words_of(visit: Visit, fault: Fault) -> Markup:
    """What to do about one fault."""
    return told(visit, fault) or visit.t(_ELSE)


def told(visit: Visit, fault: Fault) -> Markup:
    """What to do about one fault, ``""`` where these pages have no words of their own for it."""
    for pattern, sentence in _BY_WORDS:
        found = re.search(pattern, fault.detail)
        if found:
            return visit.t(sentence, **{n: _said(visit, v) for n, v in found.groupdict().items()})
    sentence = _BY_FIELD.get(fault.name, "")
    return visit.t(sentence) if sentence else Markup("")


def _said(visit: Visit, value: str) -> str:
    """A value out of a fault; a day as people write it."""
    return visit.short_day(date.fromisoformat(value)) if _DATE.fullmatch(value) else value


def shown(
    visit: Visit, error: InvalidInput | Iterable[Fault], ids: Mapping[str, str]
) -> tuple[Shown, ...]:
    """The first fault of each field; ``ids`` gives the form's id where it is not the service's."""
    faults = error.faults if isinstance(error, InvalidInput) else error
    first: dict[str, Shown] = {}
    for fault in faults:
        field = ids.get(fault.name, fault.name)
        first.setdefault(field, Shown(field, words_of(visit, fault)))
    return tuple(first.values())
