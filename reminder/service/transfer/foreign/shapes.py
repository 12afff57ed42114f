"""The shapes that are known, each as its own program's source writes it (docs/import.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reminder.domain.schedule import Period, next_occurrence
from reminder.service.transfer.foreign.carrying import (
    Carried,
    Record,
    put_date,
    put_link,
    put_money,
    put_number,
    put_tags,
    text_of,
)

MONTHLY = Period(months=1)
_CYCLE = re.compile(r"Every (\d+) (Days|Weeks|Months|Years)")
_WALLOS_CYCLES = {"Daily": "P1D", "Weekly": "P1W", "Monthly": "P1M", "Yearly": "P1Y"}
_RENEWLET_CYCLES = {
    "weekly": "P1W",
    "monthly": "P1M",
    "quarterly": "P3M",
    "semi-annual": "P6M",
    "annual": "P1Y",
    "one-time": "once",
}
_UNKNOWN_CYCLE = "How often it is paid is not in the file: as the operator does, else monthly"
_LUNAR = "The lunar calendar: its period is counted by the common one here"


@dataclass(frozen=True, slots=True)
class Shape:
    """An export of another program: the fields that every record of it has, how one is carried
    over, and what the program calls our columns."""

    name: str
    marks: frozenset[str]
    carry: Callable[[Record, date], Carried]
    theirs: Mapping[str, str]


def shape_of(names: Iterable[str]) -> Shape | None:
    """The shape whose fields these are, None for none."""
    there = set(names)
    return next((shape for shape in SHAPES if shape.marks <= there), None)


def _wallos(record: Record, today: date) -> Carried:
    carried = Carried()
    put_number(carried, record, ("Name", "Notes", "URL"))
    if text_of(record, "Active") == "No" or text_of(record, "State") == "Disabled":
        carried.put("state", "stopped")
    cycle = text_of(record, "Payment Cycle")
    period = _WALLOS_CYCLES.get(cycle) or _every(cycle)
    carried.put("period", period)
    if period is None:
        carried.left.append(_UNKNOWN_CYCLE)
    put_money(carried, "fee", text_of(record, "Price"))
    put_date(carried, text_of(record, "Next Payment"), period or "P1M", today)
    if text_of(record, "Renewal") == "Manual":
        carried.put("charged_by", "owner")
    carried.put("note", text_of(record, "Notes"))
    put_link(carried, "URL", text_of(record, "URL"))
    category = text_of(record, "Category") or text_of(record, "Categpry")
    put_tags(carried, [category] if category != "No category" else [])
    for name in ("Payment Method", "Paid By", "Cancellation Date"):
        carried.leave(name, text_of(record, name))
    if text_of(record, "Notifications") == "Disabled":
        carried.leave("Notifications", "Disabled")
    return carried


def _every(cycle: str) -> str | None:
    found = _CYCLE.fullmatch(cycle)
    return f"P{found[1]}{found[2][0]}" if found else None


def _substracker(record: Record, today: date) -> Carried:
    carried = Carried()
    put_number(carried, record, ("name", "notes", "customType"))
    if record.get("isActive") is False:
        carried.put("state", "stopped")
    value, unit = text_of(record, "periodValue"), text_of(record, "periodUnit")
    period = f"P{value}{unit[:1].upper()}" if value and unit in {"day", "month", "year"} else None
    carried.put("period", period)
    put_money(carried, "fee", text_of(record, "amount"), text_of(record, "currency"))
    put_date(carried, text_of(record, "expiryDate"), period, today)
    if record.get("autoRenew") is False:
        carried.put("charged_by", "owner")
    carried.put("note", text_of(record, "notes"))
    put_tags(carried, re.split(r"[/,，\s]+", text_of(record, "category")))
    if record.get("useLunar") is True:
        carried.left.append(_LUNAR)
    carried.leave("paymentHistory", record.get("paymentHistory"))
    for name in ("customType", "webhookUrl", "startDate"):
        carried.leave(name, text_of(record, name))
    before = text_of(record, "reminderValue") or text_of(record, "reminderDays")
    carried.leave("reminderValue", f"{before} {text_of(record, 'reminderUnit') or 'day'}")
    return carried


def _renewlet(record: Record, today: date) -> Carried:
    carried = Carried()
    put_number(carried, record, ("name", "notes", "website"))
    status = text_of(record, "status")
    if status not in {"active", "trial"}:
        carried.put("state", "stopped")
        carried.leave("status", status)
    period = _renewlet_period(record)
    carried.put("period", period)
    put_money(carried, "fee", text_of(record, "price"), text_of(record, "currency"))
    put_date(
        carried, text_of(record, "nextBillingDate"), None if period == "once" else period, today
    )
    if record.get("autoRenew") is False:
        carried.put("charged_by", "owner")
    carried.put("note", text_of(record, "notes"))
    put_link(carried, "website", text_of(record, "website"))
    tags = record.get("tags")
    put_tags(carried, [str(tag) for tag in tags] if isinstance(tags, list) else [])
    for name in ("category", "paymentMethod", "startDate", "trialEndDate", "reminderDays"):
        carried.leave(name, text_of(record, name))
    if record.get("repeatReminderEnabled") is True:
        carried.leave("repeatReminderInterval", text_of(record, "repeatReminderInterval"))
    carried.leave("costSharing", record.get("costSharing"))
    return carried


def _renewlet_period(record: Record) -> str | None:
    cycle = text_of(record, "billingCycle")
    if cycle == "custom":
        unit = text_of(record, "customCycleUnit") or "day"
        return f"P{text_of(record, 'customDays')}{unit[:1].upper()}"
    return _RENEWLET_CYCLES.get(cycle)


def _simnotice(record: Record, today: date) -> Carried:
    carried = Carried()
    put_number(carried, record, ("phone_number",))
    carried.put("operator", text_of(record, "carrier"))
    put_money(carried, "fee", text_of(record, "monthly_fee"), "CNY")
    carried.put("currency", "CNY")
    carried.put("balance", text_of(record, "balance"))
    seen = text_of(record, "updated_at")[:10]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", seen) and seen <= today.isoformat():
        carried.put("balance_on", seen)
    carried.put("period", "P1M")
    carried.put("charged_by", "operator")
    _put_day_of_month(carried, text_of(record, "billing_day"), today)
    for name in ("data_plan", "call_minutes", "sms_count", "location", "activation_date"):
        carried.leave(name, text_of(record, name)[: 10 if name == "activation_date" else None])
    return carried


def _put_day_of_month(carried: Carried, text: str, today: date) -> None:
    """The next such day from today on, counted from a month that has it."""
    january = date(today.year, 1, 1)
    try:
        anchor = january.replace(day=int(text))
    except ValueError:
        put_date(carried, text, None, today)
        return
    day = next_occurrence(anchor, MONTHLY, today - timedelta(days=1))
    carried.put("renews_on", day.isoformat())
    if day.day != anchor.day:
        carried.put("anchor", anchor.isoformat())


SHAPES = (
    Shape(
        "Wallos",
        frozenset({"Name", "Next Payment", "Price", "Paid By"}),
        _wallos,
        {"number": "Name", "fee": "Price", "renews_on": "Next Payment", "period": "Payment Cycle"},
    ),
    Shape(
        "SubsTracker",
        frozenset({"name", "expiryDate", "periodUnit"}),
        _substracker,
        {"number": "name", "fee": "amount", "renews_on": "expiryDate", "period": "periodUnit"},
    ),
    Shape(
        "Renewlet",
        frozenset({"name", "nextBillingDate", "billingCycle"}),
        _renewlet,
        {"number": "name", "fee": "price", "renews_on": "nextBillingDate", "tags": "tags"},
    ),
    Shape(
        "Simnotice",
        frozenset({"phone_number", "carrier", "billing_day"}),
        _simnotice,
        {"number": "phone_number", "fee": "monthly_fee", "renews_on": "billing_day"},
    ),
)
