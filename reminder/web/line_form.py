"""The form of a number: what was typed, and what it means to the service (DESIGN section 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from reminder.catalogue.catalogue import Guess
from reminder.domain.channel import Channel, Use
from reminder.domain.line import ChargedBy
from reminder.domain.schedule import Period
from reminder.errors import Fault
from reminder.service.lines import LineView
from reminder.web.visit import Visit
from reminder.web.words import mark

Values = dict[str, str]
IDS = {
    "label": "label",
    "renews_on": "next",
    "period": "days",
    "last_active_on": "used_on",
    "lead_times": "leads",
    "channels": "channel",
    "tied_channels": "channel",
    "on": "seen",
    "charged_by": "charged_by",
}
"""The form's ids for the service's fields, where they differ."""
ORDER = (
    "number",
    "operator",
    "label",
    "balance",
    "on",
    "period",
    "fee",
    "renews_on",
    "charged_by",
    "last_active_on",
    "channels",
    "lead_times",
    "low_balance",
    "inactivity_days",
    "tags",
    "top_up_url",
    "note",
)
"""The service's fields in the order of the form, in which its faults are told."""
EARLY = ("P14D", "P7D", "P3D", "P1D")
_A_MONTH = 30
CYCLES = (
    ("month", mark("On the same day each month"), ""),
    ("days", mark("Every so many days"), mark("28, 30 or another number")),
    ("daily", mark("A little every day"), ""),
    ("none", mark("No fee, pay as you go"), ""),
)
USES = (
    ("none", mark("I use it every week: do not watch this"), ""),
    ("today", mark("This week"), ""),
    ("month", mark("About a month ago"), ""),
    ("date", mark("On a date I know"), ""),
    ("unknown", mark("I am not sure"), mark("we count from today and remind you early")),
)
LEADS = (
    ("default", mark("As in your settings")),
    ("early", mark("14, 7, 3 and 1 days before")),
    ("own", mark("The days written below")),
)


def blank(visit: Visit) -> Values:
    """The form before anybody typed."""
    return {"seen": visit.today.isoformat(), "cycle": "month", "used": "none", "lead": "default"}


def faults_of(form: Mapping[str, str], guess: Guess | None) -> list[Fault]:
    """What this form asks for beyond the service: an operator, a day for a fee that was typed, and
    a place to write to."""
    found = []
    if not form.get("operator"):
        words = "Check the operator chosen by the number" if guess else "Choose the operator"
        found.append(Fault("operator", words, "required"))
    if form.get("fee") and form.get("cycle") in {"month", "days"} and not form.get("next"):
        found.append(Fault("renews_on", "Write the day of this fee", "required"))
    if form.get("pick") == "none":
        found.append(Fault("channels", "Choose where to write", "required"))
    return found


def dates_in_words(visit: Visit, values: Values) -> dict[str, str]:
    """The dates of the form as people write them, where they can be read."""
    found = {}
    for name in ("seen", "next", "used_on"):
        try:
            found[name] = visit.day(date.fromisoformat(values.get(name, "")))
        except ValueError:
            continue
    return found


def places(visit: Visit, mine: list[Channel]) -> dict[str, object]:
    """Where the form says to write. All that are written to anyway: none is named, so that a
    channel added later is written to as well."""
    if not visit.form.get("pick"):
        return {}
    chosen = [c.id for c in mine if c.id in visit.many.get("channel", ())]
    tied = [c.id for c in mine if c.id in visit.many.get("tied", ())]
    usual = [c.id for c in mine if is_usual(c)]
    return {"channels": [] if chosen == usual else chosen, "tied_channels": tied}


def is_usual(channel: Channel) -> bool:
    """Whether reminders go to a channel where none is named."""
    return channel.is_usable and channel.use is Use.ALWAYS


def of_line(view: LineView) -> Values:
    """The form of a line that is there."""
    line, standing = view.line, view.standing
    active = standing.last_active_on
    period = line.period
    cycle = "none" if period is None else "daily" if period.is_daily else "days"
    if period is not None and period == Period(months=1):
        cycle = "month"
    days = str(period.days) if period and cycle == "days" else ""
    own = line.lead_times
    return {
        "number": line.number,
        "operator": line.operator,
        "label": line.label,
        "cycle": "year" if period and period.months > 1 else cycle,
        "days": days,
        "fee": line.fee.amount if line.fee else "",
        "next": standing.renews_on.isoformat() if standing.renews_on else "",
        "charged_by": line.charged_by.value,
        "used": "date" if active else "none",
        "used_on": active.isoformat() if active else "",
        "lead": "default" if own is None else "own",
        "leads": ", ".join(map(str, own or ())),
        "low_balance": line.low_balance.amount if line.low_balance else "",
        "inactivity_days": str(line.inactivity_days or ""),
        "plan": line.plan.value,
        "autopay": "on" if line.autopay else "",
        "top_up_url": line.top_up_url or "",
        "note": line.note,
        "tags": ", ".join(line.tags),
    }


def given(visit: Visit, form: Mapping[str, str]) -> dict[str, object]:
    """The service's fields out of the form. What was left empty is null."""
    fee = form.get("fee") or None
    found: dict[str, object] = {
        "number": form.get("number", ""),
        "operator": form.get("operator", ""),
        "label": form.get("label") or None,
        "fee": None if form.get("cycle") == "none" else fee,
        "renews_on": form.get("next") or None,
        "last_active_on": _active(form, visit.today),
        "lead_times": _leads(form),
        "low_balance": form.get("low_balance") or None,
        "inactivity_days": _whole(form.get("inactivity_days", "")),
        "note": form.get("note") or None,
        "top_up_url": form.get("top_up_url") or None,
        "plan": form.get("plan") or "prepaid",
        "autopay": form.get("autopay") == "on",
    }
    if form.get("cycle") != "year":
        found["period"] = _period(form)
    if form.get("charged_by"):
        found["charged_by"] = form["charged_by"]
    if "tags" in form:
        found["tags"] = [
            tag.strip() for tag in re.split(r"[,;，；、]", form["tags"]) if tag.strip()
        ]
    return found


def _whole(typed: str) -> object:
    """A whole number as the service takes it; what is none stays as typed, to be refused."""
    text = typed.strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else text or None


def _period(form: Mapping[str, str]) -> str | None:
    match form.get("cycle"):
        case "month":
            return "P1M"
        case "days":
            return f"P{form.get('days') or '?'}D"
        case "daily":
            return "P1D"
        case _:
            return None


def _active(form: Mapping[str, str], today: date) -> str | None:
    match form.get("used"):
        case "today" | "unknown":
            return today.isoformat()
        case "month":
            return (today - timedelta(days=_A_MONTH)).isoformat()
        case "date":
            return form.get("used_on") or "?"
        case _:
            return None


def _leads(form: Mapping[str, str]) -> list[str] | None:
    match form.get("lead"):
        case "early":
            return list(EARLY)
        case "own":
            return days_typed(form.get("leads", ""))
        case _:
            return None


def days_typed(text: str) -> list[str]:
    """Whole days as typed, ``7, 3, 1``, as the service reads them.

    >>> days_typed("7, 3 1")
    ['P7D', 'P3D', 'P1D']
    """
    return [f"P{part}D" for part in re.split(r"[\s,;，、]+", text.strip()) if part]


def new_line(fields: dict[str, object], form: Mapping[str, str], today: date) -> dict[str, object]:
    """The fields of a line to register: what is null is left to the catalogue and the owner, and
    a balance seen today comes with it."""
    kept = {name: value for name, value in fields.items() if value is not None}
    if form.get("cycle") == "none" or not fields["fee"]:
        kept.setdefault("charged_by", ChargedBy.OWNER.value)
    if form.get("cycle") == "none":
        kept["period"] = None
    if form.get("balance") and form.get("seen", "") in {"", today.isoformat()}:
        kept["balance"] = form["balance"]
    return kept


def earlier_balance(form: Mapping[str, str], today: date) -> dict[str, object] | None:
    """A balance that was seen on another day than today: a reading of its own."""
    if form.get("balance") and form.get("seen", "") not in {"", today.isoformat()}:
        return {"balance": form["balance"], "on": form["seen"]}
    return None


def patch(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """What the form changed of a line that is there."""
    return {name: value for name, value in after.items() if before.get(name) != value}
