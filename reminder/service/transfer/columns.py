"""The project's own columns: what a row may say of a line, in a cell or as JSON.

The first columns are the fields of ``POST /lines``; those after ``top_up_url`` hold where a line
stands, so that an export imports again to the same state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import ReadingId
from reminder.domain.line import Clock, LineState, Standing
from reminder.domain.money import Money
from reminder.domain.schedule import parse_date
from reminder.errors import Fault, InvalidInput

ENTERED: Mapping[str, str] = {
    "number": "the phone number, +7 916 123-45-67 (required)",
    "operator": "the operator's id or name; other, if it is not in the catalogue",
    "label": "your own name for the number",
    "plan": "prepaid or postpaid",
    "currency": "three letters, RUB",
    "balance": "the balance, 120.50",
    "balance_on": "the day it was seen; empty: today",
    "fee": "the fee of a period, 300.00",
    "renews_on": "the day of the next fee, 2026-12-01",
    "anchor": "the day that the fee days are counted from, where it is another (the 31st)",
    "period": "P1M, P30D, P4W, P1Y; empty: as the operator does; once: no period",
    "charged_by": "operator (taken from the balance) or owner (renewed by hand)",
    "low_balance": "remind when the balance falls under this",
    "autopay": "yes or no",
    "last_active_on": "the day the number was last used",
    "inactivity_days": "after how many silent days the number is lost",
    "lead_times": "P7D P3D P1D P0D; empty: as in your settings",
    "timezone": "Europe/Moscow",
    "channels": "ids, labels or addresses of your channels, between semicolons; empty: all",
    "tied_channels": "those of them that work only while this number does, as above",
    "tags": "words to find it by, between semicolons",
    "note": "anything you want to keep beside it",
    "top_up_url": "your own link for topping up",
}
STANDING: Mapping[str, str] = {
    "state": "active, stopped or ended",
    "overdue": "yes: the fee of renews_on is still to be paid",
    "unconfirmed": "yes: it is not known whether the last fee was charged",
    "dealt_with": "the fee day that counts as settled",
    "acknowledged": "clocks and days you want to hear no more of, renewal 2026-12-01",
    "snoozed_until": "say nothing until this day",
    "readings": "what is known of the balance: kind, instant, day, entered at, sum; each after "
    "a semicolon",
}
COLUMNS = (*ENTERED, *STANDING)
YES = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_FIELDS = frozenset(ENTERED) - {"balance_on"}
_MONEY_OF = {ReadingKind.TOP_UP, ReadingKind.READING, ReadingKind.FEE}


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a line stood when it was exported."""

    standing: Standing
    readings: tuple[Reading, ...]


def fields_of(cells: Mapping[str, object]) -> dict[str, object]:
    """The fields of ``POST /lines`` that a row names, typed as JSON would type them."""
    found = {name: cells[name] for name in cells if name in _FIELDS}
    if _text(cells, "period").strip().lower() == "once":
        found["period"] = None
    for name, typed in _TYPED.items():
        if isinstance(found.get(name), str):
            found[name] = typed(str(found[name]))
    return found


def _text(cells: Mapping[str, object], name: str) -> str:
    value = cells.get(name)
    return value if isinstance(value, str) else ""


def _days(text: str) -> object:
    stripped = text.strip()
    return int(stripped[:9]) if stripped.isascii() and stripped.isdigit() else text


def _flag(text: str) -> object:
    return YES.get(text.strip().lower(), text)


def _listed(text: str) -> object:
    return [part for part in re.split(r"[;,\s]+", text.strip()) if part]


def _named(text: str) -> object:
    return [part.strip() for part in text.split(";") if part.strip()]


_TYPED: Mapping[str, Callable[[str], object]] = {
    "autopay": _flag,
    "inactivity_days": _days,
    "lead_times": _listed,
    "channels": _named,
    "tied_channels": _named,
    "tags": _named,
}


def is_restored(cells: Mapping[str, object]) -> bool:
    """Whether a row says where the line stands, as an export does."""
    return not STANDING.keys().isdisjoint(cells)


def restored(
    cells: Mapping[str, object], standing: Standing, currency: str, identity: str
) -> Restored:
    """The state that an exported row tells, over the dates it was entered with. Raises InvalidInput
    with every column that cannot be read."""
    faults: list[Fault] = []

    def read(name: str, how: Callable[[str], object]) -> object:
        value = cells.get(name)
        try:
            return None if value is None else how(_as_text(value, name))
        except InvalidInput as error:
            faults.extend(error.faults)
            return None

    found = {
        "state": read("state", _state) or LineState.ACTIVE,
        "overdue": read("overdue", lambda text: _yes(text, "overdue")) or False,
        "unconfirmed": read("unconfirmed", lambda text: _yes(text, "unconfirmed")) or False,
        "dealt_with": read("dealt_with", lambda text: parse_date(text, "dealt_with")),
        "snoozed_until": read("snoozed_until", lambda text: parse_date(text, "snoozed_until")),
        "acknowledged": read("acknowledged", _acknowledged) or (),
    }
    readings = read("readings", lambda text: _readings(text, currency, identity)) or ()
    if faults:
        raise InvalidInput(*faults)
    assert isinstance(readings, tuple)
    return Restored(replace(standing, **found), readings)  # type: ignore[arg-type]  # by name


def _as_text(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(value)
    if not isinstance(value, str):
        raise InvalidInput.of(name, "Write this as text")
    return value.strip()


def _state(text: str) -> LineState:
    if text not in set(LineState):
        raise InvalidInput.of("state", f"Choose one of: {', '.join(LineState)}")
    return LineState(text)


def _yes(text: str, name: str) -> bool:
    if text.lower() not in YES:
        raise InvalidInput.of(name, "Write yes or no")
    return YES[text.lower()]


def _acknowledged(text: str) -> tuple[tuple[Clock, date], ...]:
    return tuple(_clock_day(part) for part in text.split(";") if part.strip())


def _clock_day(part: str) -> tuple[Clock, date]:
    clock, _, day = part.strip().partition(" ")
    if clock not in set(Clock):
        raise InvalidInput.of("acknowledged", "Write a clock and a day, renewal 2026-12-01")
    return Clock(clock), parse_date(day.strip(), "acknowledged")


def _readings(text: str, currency: str, identity: str) -> tuple[Reading, ...]:
    parts = [part.split() for part in text.split(";") if part.strip()]
    return tuple(_reading(words, currency, f"{identity}.{n}") for n, words in enumerate(parts))


def _reading(words: list[str], currency: str, identity: str) -> Reading:
    try:
        kind, at, on, recorded_at, *amount = words
        known = ReadingKind(kind)
        minor = Money.parse(amount[0], currency, "readings").minor if known in _MONEY_OF else 0
        return Reading(
            ReadingId(identity),
            known,
            _instant(at),
            date.fromisoformat(on),
            _instant(recorded_at),
            minor,
        )
    except (ValueError, IndexError) as error:
        wanted = "reading 2026-11-20T06:00:00Z 2026-11-20 2026-11-20T06:00:00Z 120.50"
        raise InvalidInput.of("readings", f"Write each as: {wanted}") from error


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def reading_words(reading: Reading, currency: str) -> str:
    """A reading as one entry of the column ``readings``."""
    amount = reading.money(currency).amount if reading.kind in _MONEY_OF else ""
    instants = [_stamp(reading.at), reading.on.isoformat(), _stamp(reading.recorded_at)]
    return " ".join([reading.kind.value, *instants, amount]).rstrip()


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
