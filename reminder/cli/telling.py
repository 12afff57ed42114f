"""Lines and clocks as a terminal tells them, in plain words."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from reminder.cli.shell import Json

HEADS = ("Number", "Label", "What", "By when")
UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}


def amount(money: Json | None) -> str:
    """``120.50 RUB``, or a dash for nothing."""
    return f"{money['amount']} {money['currency']}" if money else "-"


def counted(count: int, one: str, many: str = "") -> str:
    """So many of something.

    >>> counted(1, "owner"), counted(2, "owner"), counted(0, "delivery", "deliveries")
    ('1 owner', '2 owners', '0 deliveries')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def days(count: int) -> str:
    """How far a day is from today."""
    if count == 0:
        return "today"
    told = counted(abs(count), "day")
    return f"in {told}" if count > 0 else f"{told} ago"


def local(instant: str, zone: str) -> str:
    """An instant as a clock in that zone shows it.

    >>> local("2026-11-24T06:00:00Z", "Europe/Moscow")
    '2026-11-24 09:00'
    """
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def every(period: str | None) -> str:
    """How often, in words.

    >>> every("P1M"), every("P30D"), every(None)
    ('every month', 'every 30 days', 'once')
    """
    if period is None:
        return "once"
    parts = [(int(n), UNITS[unit]) for n, unit in re.findall(r"(\d+)([DWMY])", period)]
    told = [unit if n == 1 and len(parts) == 1 else counted(n, unit) for n, unit in parts]
    return f"every {' and '.join(told)}"


def row(line: Json) -> tuple[str, str, str, str]:
    """A line in the list: number, label, what, by when."""
    what, when = _concern(line)
    return str(line["number"]), str(line["label"]), what, when


def sentence(line: Json) -> str:
    """A line in one line."""
    number, label, what, when = row(line)
    name = f"{label} ({number})" if label else number
    return f"{name}: {what}{', ' + when if when else ''}"


def asks_for_use(line: Json) -> str:
    """The question after a top-up that may not count as use; nothing where it does."""
    silence = line["clocks"]["inactivity"]
    if silence is None or silence["top_up_counts"] == "yes":
        return ""
    return (
        "With this operator a top-up alone may not count as use. Did you also make a call or send "
        f"a text? Then: reminder used {line['number']}"
    )


def _concern(line: Json) -> tuple[str, str]:
    if line["state"] != "active":
        return str(line["state"]), ""
    clocks = line["clocks"]
    match line["leading"]:
        case "renewal":
            clock = clocks["renewal"]
            return _renewal(line, clock), _when(clock["on"], clock["days_left"])
        case "balance":
            clock = clocks["balance"]
            what = f"balance {amount(clock['projected'])} {_spent(clock)}"
            return what, _when(clock["runs_out_on"], clock["days_left"])
        case "inactivity":
            clock = clocks["inactivity"]
            return "unused, the number is lost", _when(clock["lost_on"], clock["days_left"])
        case _:
            return _quiet(line)


def _quiet(line: Json) -> tuple[str, str]:
    clock = line["clocks"]["renewal"]
    if clock is None:
        return "nothing to do", ""
    return f"fee {amount(line['fee'])} is covered", _when(clock["on"], clock["days_left"])


def _renewal(line: Json, clock: Json) -> str:
    if line["charged_by"] == "owner":
        return "overdue, renew by hand" if clock["overdue"] else "renew by hand"
    late = "overdue, " if clock["overdue"] else ""
    if clock["short"]:
        return f"{late}fee {amount(line['fee'])}, {amount(clock['short'])} short"
    return f"{late}fee {amount(line['fee'])}, balance not known"


def _when(day: str, left: int) -> str:
    return f"{day} ({days(left)})"


def whole(line: Json, zone: str) -> str:
    """Everything about a line, one fact a row; instants as in the owner's ``zone``."""
    balance, due_at = line["balance"], line["next_due_at"]
    rows = [
        ("Number", line["number"]),
        ("Label", line["label"]),
        ("Id", line["id"]),
        ("Operator", line["operator"]),
        ("State", line["state"]),
        ("Balance", f"{amount(balance)} on {balance['on']}" if balance else ""),
        ("Fee", f"{amount(line['fee'])}, {_charged(line)}" if line["fee"] else ""),
        ("Period", every(line["period"])),
        *_clocks(line),
        ("Snoozed until", line["snoozed_until"]),
        ("Next message", f"{local(due_at, zone)} ({zone})" if due_at else "none is foreseen"),
        ("Note", line["note"]),
    ]
    return "\n".join(f"{name + ':' if name else '':<16}{value}" for name, value in rows if value)


def _spent(balance: Json) -> str:
    """What became of a balance on the day it reaches its floor, or what is going to."""
    is_over, by_fee = balance["days_left"] < 0, balance["basis"] == "fee"
    if balance["basis"] == "low_balance":
        return "fell under your floor"
    if balance["floor"]:
        return "falls under your floor"
    if by_fee:
        return "fell short" if is_over else "does not cover the fee"
    return "ran out" if is_over else "runs out"


def _charged(line: Json) -> str:
    by_operator = line["charged_by"] == "operator"
    return "taken by the operator" if by_operator else "paid by hand"


def _clocks(line: Json) -> list[tuple[str, str]]:
    renewal, balance, silence = (line["clocks"][c] for c in ("renewal", "balance", "inactivity"))
    rows = []
    if renewal:
        covered = "covered" if renewal["covered"] else _renewal(line, renewal)
        rows.append(("Renewal", f"{_when(renewal['on'], renewal['days_left'])}, {covered}"))
    if balance:
        end = balance["runs_out_on"]
        told = f"{_spent(balance)} {_when(end, balance['days_left'])}" if end else ""
        lasts = told or "no end is foreseen"
        rows.append(("Projected", f"{amount(balance['projected'])}, {lasts}"))
    if silence:
        rows.append(("Lost if unused", _when(silence["lost_on"], silence["days_left"])))
        rows += [("", f"{one['on']}: {one['text']}") for one in silence["stages"] if one["on"]]
    return rows
