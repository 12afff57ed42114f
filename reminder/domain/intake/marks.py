"""Cut an operator's answer into marks: numbers, days, currencies, words with a meaning, noise.

One pass over the text; every pattern is bounded, so that no text makes it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reminder.domain.intake.words import CURRENCY_OF, HAN, MONTHS, Sense, sense_of

NARROW_SPACE = "\u00a0"
GROUP = 3
SHORT_YEAR = 2
_N = "(?![0-9])"
_MONTH = "(?i:" + "|".join(MONTHS) + ")[a-zа-я]{0,9}"
_HAN_SENSE = {word: sense for sense, words in HAN.items() for word in words.split()}
_HAN_WORDS = sorted(_HAN_SENSE, key=len, reverse=True)
_SIGNS = sorted((w for w in CURRENCY_OF if not w[0].isalpha() or w[0] > "\u2e80"), key=len)[::-1]
_DATES = {
    "iso": rf"(?P<y1>[0-9]{{4}})[-./](?P<m1>[0-9]{{1,2}})[-./](?P<d1>[0-9]{{1,2}}){_N}",
    "han": r"(?:(?P<y2>[0-9]{4})年)?(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})[日号]",
    "day": (
        r"(?P<d3>[0-9]{1,2})(?P<s3>[./-])(?P<m3>[0-9]{1,2})(?P=s3)"
        rf"(?P<y3>(?:[0-9]{{2}}){{1,2}}){_N}"
    ),
    "named": (
        rf"(?P<d4>[0-9]{{1,2}})[ ](?P<m4>{_MONTH})\.?"
        rf"(?:,?[ ](?P<y4>20[0-9]{{2}}){_N})?"
    ),
    "us": (
        rf"(?P<m5>\b{_MONTH})\.?[ ](?P<d5>[0-9]{{1,2}})"
        rf"(?:,?[ ](?P<y5>20[0-9]{{2}}))?{_N}"
    ),
    "short": (
        r"(?<=на[ ])(?P<d6>[0-9]{2})\.(?P<m6>[0-9]{2})"
        r"(?=:|[ ][0-9]{1,2}:[0-9]{2}|[ ]?г\b)"
    ),
    "stamp": r"\A[ ]?(?P<d7>[0-9]{2})\.(?P<m7>[0-9]{2})(?=[ ][0-9]{1,2}:[0-9]{2})",
}
_NOISE = {
    "url": r"(?:https?://|www\.)\S+|[\w.-]{1,40}@[\w.-]+",
    "time": r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])|[0-9]{1,2}[时時点](?:[0-9]{1,2}分)?",
    "code": r"[*#][0-9*#]+|•+[ ]?[0-9]{2,4}|(?:№|\bN)[ ]?[0-9]+",
    "phone": (
        r"\+[0-9](?:[ ()-]{0,3}[0-9]){8,14}(?![0-9])"
        rf"|8[ -]?\(?[0-9]{{3}}\)?[ -]?[0-9]{{3}}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}{_N}"
        rf"|[0-9]{{3}}[ -][0-9]{{3}}[ -][0-9]{{2}}[ -][0-9]{{2}}{_N}"
        rf"|\(?[0-9]{{3}}\)?[ -][0-9]{{3}}-[0-9]{{4}}{_N}"
    ),
    "brand": r"(?i:\bone-2-call|\b12call)\b!?",
    "item": r"(?:(?<=\n)|\A)[ ]?[0-9]{1,2}[ ]?[.)>:-](?=[ ]?[^\W\d])",
    "range": r"[0-9][0-9.,]{0,20}(?:-[0-9][0-9.,]{0,20})+|[0-9]+(?:\.[0-9]+){2,8}",
    "long": r"[0-9]{10,}",
}
_NUMBERS = {
    "grouped": (
        r"[0-9]{1,3}(?P<gap>[ \u00a0'’])[0-9]{3}(?:(?P=gap)[0-9]{3}){0,3}"
        r"(?![0-9]|(?P=gap)[0-9])(?P<part>[.,][0-9]{1,4}(?![0-9]))?"
    ),
    "commas": r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?![0-9,])(?P<pence>\.[0-9]{1,4}(?![0-9]))?",
    "points": r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4},[0-9]{1,4}(?![0-9])",
    "plain": r"[0-9]{1,9}(?:[.,][0-9]{1,9})?(?![0-9])",
}
_REST = {
    "belarus": r"(?i:бел(?:орусск[а-я]{1,3}|\.)?[ ]?р(?:уб(?:л[а-я]{1,2})?)?)\b",
    "dollar": r"(?:US|HK|NT)\$",
    "sign": "|".join(map(re.escape, _SIGNS)),
    "hanword": "|".join(_HAN_WORDS),
    "letter": r"[\u3400-\u9fff]",
    "word": r"[^\W\d_\u3400-\u9fff]+",
    "stop": r"[!?。！？;；…]|\.(?=\s*(?:[A-ZА-ЯЁ\u3400-\u9fff]|\Z))|\n",
    "break": r"[,，、|]",
    "paren": r"[(（\[]",
    "dash": r"[-–—]",
    "colon": r"[:=：]",
    "slash": r"/",
    "plus": r"\+",
    "percent": r"%",
}
_ALL = {"url": _NOISE["url"], **_DATES, **_NOISE, **_NUMBERS, **_REST}
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ALL.items()))
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code not in {0xFF0C, 0xFF1B}
}
_SPACES = dict.fromkeys(map(ord, "\u202f\u2009\u2007\u2008"), NARROW_SPACE)
_WIDE = dict.fromkeys(map(ord, "\u3000\u2002\u2003\t\r\x0b\x0c"), " ")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_DASHES = dict.fromkeys(map(ord, "\u2212\u2010\u2011\ufe63"), "-")
_PLAIN = {**_FULL_WIDTH, **_SPACES, **_WIDE, **_NOTHING, **_DASHES, ord("￥"): "¥", ord("￡"): "£"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of a text. ``kind`` is a :class:`Sense` or the name of the pattern that found it;
    ``doubtful`` numbers can be meant in another way, ``days`` are all that a date can mean."""

    kind: str
    text: str
    start: int
    end: int
    number: Decimal | None = None
    doubtful: bool = False
    days: tuple[date, ...] = ()


def plain(text: str) -> str:
    """The text with one sign for each thing: narrow spaces, minus signs, full-width letters."""
    return text.translate(_PLAIN)


def scan(text: str, today: date) -> list[Mark]:
    """The marks of a :func:`plain` text, in their order."""
    cyrillic = any("а" <= sign <= "я" for sign in text.lower())
    return [_mark(found, today, cyrillic=cyrillic) for found in _PATTERN.finditer(text)]


def _mark(found: re.Match[str], today: date, *, cyrillic: bool) -> Mark:
    name, said, start, end = str(found.lastgroup), found[0].lower(), found.start(), found.end()
    if name in _DATES:
        return Mark("day", said, start, end, days=_days(found, name, today))
    if name in _NUMBERS:
        value, doubtful = _number(found, name, cyrillic=cyrillic)
        return Mark("number", said, start, end, value, doubtful)
    if name in _NOISE:
        return Mark("noise", said, start, end)
    match name:
        case "sign" | "dollar":
            return Mark(Sense.MONEY, said, start, end)
        case "belarus":
            return Mark(Sense.MONEY, "белруб", start, end)
        case "hanword":
            return Mark(_HAN_SENSE[said], said, start, end)
        case "word":
            said = "р" if said == "p" and cyrillic else said
            sense = Sense.MONEY if said in CURRENCY_OF else sense_of(said)
            return Mark(sense, said, start, end)
        case _:
            return Mark(name, said, start, end)


def _number(found: re.Match[str], name: str, *, cyrillic: bool) -> tuple[Decimal, bool]:
    """The value, and whether the writing leaves a doubt: ``150 300`` may be two numbers, ``1,234``
    is a decimal where one writes Russian."""
    digits = found[name]
    match name:
        case "grouped":
            bare = re.sub(r"[ \u00a0'’]", "", digits).replace(",", ".")
            first = len(re.split(r"[ \u00a0'’]", digits)[0])
            loose = found["gap"] == " " and found["part"] is None and first == GROUP
            return Decimal(bare), loose or len(found["part"] or "") > GROUP
        case "commas":
            return Decimal(digits.replace(",", "")), cyrillic and found["pence"] is None
        case "points":
            return Decimal(digits.replace(".", "").replace(",", ".")), False
        case _:
            whole, _, part = digits.replace(",", ".").partition(".")
            if len(part) == GROUP and whole[0] >= "1" and len(whole) <= GROUP:
                return Decimal(whole + part), True
            return Decimal(digits.replace(",", ".")), len(part) >= GROUP


def _days(found: re.Match[str], name: str, today: date) -> tuple[date, ...]:
    """The days that a date can mean; without a year the latest that is not to come."""
    place = list(_DATES).index(name) + 1
    year = found[f"y{place}"] if f"y{place}" in _PATTERN.groupindex else None
    month, day = str(found[f"m{place}"]), int(found[f"d{place}"])
    number = MONTHS.get(month[:3].lower()) or int(month)
    orders = [(number, day)]
    if name == "day" and found["s3"] == "/":
        orders.append((day, number))
    written = int(year) + (2000 if len(year) == SHORT_YEAR else 0) if year else None
    made = [_date(written, month, day, today) for month, day in orders]
    return tuple(dict.fromkeys(one for one in made if one is not None))


def _date(year: int | None, month: int, day: int, today: date) -> date | None:
    try:
        if year is not None:
            return date(year, month, day)
        this = date(today.year, month, day)
        return this if this <= today else date(today.year - 1, month, day)
    except ValueError:
        return None
