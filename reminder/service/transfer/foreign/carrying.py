"""What every foreign record is carried over with: its number, its money, its days, and a word on
each thing that stays behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reminder.domain.schedule import Period, next_occurrence
from reminder.errors import Fault, InvalidInput

Record = Mapping[str, object]
LONGEST_LEFT = 80
MOST_LABEL = 60
LONGEST_TAG = 30
_RUN = re.compile(r"\+\d[\d\s().\-]{6,20}\d|(?<![\d+])[178](?:[\s().\-]{0,2}\d){10}(?!\d)")
_SIGNS = {
    "₽": "RUB",
    "€": "EUR",
    "£": "GBP",
    "₸": "KZT",
    "฿": "THB",
    "Br": "BYN",
    "元": "CNY",
    "$": "USD",
    "¥": "CNY",
}
_SHARED_SIGNS = "$¥"


@dataclass(slots=True)
class Carried:
    """A record in our own columns: its cells, what is wrong with it, what stays behind."""

    cells: dict[str, object] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def put(self, column: str, value: object) -> None:
        """Fill a column, unless there is nothing to fill it with."""
        if value not in (None, "", []):
            self.cells[column] = value

    def leave(self, name: str, value: object) -> None:
        """Say that a field has no place here, unless it is empty."""
        if value not in (None, "", [], {}, False):
            self.left.append(f"{name}: {_short(value)}")


def _short(value: object) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)}"
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_LEFT else f"{text[:LONGEST_LEFT]}…"


def text_of(record: Record, name: str) -> str:
    """A field as trimmed text, ``""`` where it is missing."""
    value = record.get(name)
    return "" if value is None or isinstance(value, list | dict) else str(value).strip()


def put_number(carried: Carried, record: Record, names: tuple[str, ...]) -> None:
    """Find the phone number in the first of these fields that holds one; the first field without
    it is the label."""
    for name in names:
        found = _RUN.search(text_of(record, name))
        if found:
            digits = re.sub(r"[^\d+]", "", found[0])
            carried.put("number", f"+86{digits}" if digits.startswith("1") else digits)
            break
    else:
        where = " or ".join(names)
        fault = Fault("number", f"No phone number stands in {where}: write it there", "required")
        carried.faults.append(fault)
    label = _RUN.sub(" ", text_of(record, names[0]))
    carried.put("label", " ".join(label.split()).strip(" -–—:;,()/|")[:MOST_LABEL])


def put_money(carried: Carried, column: str, text: str, currency: str = "") -> None:
    """A sum, with the sign of its currency before or after it where none is named. Nothing is no
    sum."""
    found = re.fullmatch(r"\s*([^\d\s.,-]*)\s*(-?[\d.,\s]*\d)\s*([^\d\s.,-]*)\s*", text)
    if not found:
        if text:
            fault = Fault(column, "Write the amount in digits, such as 120.50", "format")
            carried.faults.append(fault)
        return
    before, amount, after = found.groups()
    sign = before or after
    if not amount.strip("0.,- "):
        return
    carried.put(column, amount)
    carried.put("currency", currency or _SIGNS.get(sign))
    if currency or not sign:
        return
    if sign not in _SIGNS:
        carried.left.append(f"The currency {sign} is not known: the operator's own is taken")
    elif sign in _SHARED_SIGNS:
        carried.left.append(f"The sign {sign} is taken as {_SIGNS[sign]}")


def put_date(carried: Carried, text: str, period: str | None, today: date) -> None:
    """The day of the next fee; one that has passed goes on to the next by its period."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        fault = Fault("renews_on", "Write a date such as 2026-12-01", "format")
        carried.faults.append(fault)
        return
    try:
        rhythm = Period.parse(period) if period else None
    except InvalidInput:
        rhythm = None
    if day < today and rhythm and "state" not in carried.cells:
        carried.put("anchor", day.isoformat())
        carried.left.append(f"The day {day} has passed: the next one is taken")
        day = next_occurrence(day, rhythm, today)
    carried.put("renews_on", day.isoformat())


def put_tags(carried: Carried, tags: list[str]) -> None:
    """Tags; those that are too long stay behind."""
    clean = [" ".join(tag.replace(";", " ").split()) for tag in tags]
    carried.put("tags", [tag for tag in clean if 0 < len(tag) <= LONGEST_TAG])
    for tag in clean:
        if len(tag) > LONGEST_TAG:
            carried.leave("tag", tag)


def put_link(carried: Carried, name: str, url: str) -> None:
    """A link of one's own, where it is one that we open."""
    if url.startswith("https://"):
        carried.put("top_up_url", url)
    else:
        carried.leave(name, url)
