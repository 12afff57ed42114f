"""What can be done about a number, in words, and what each form of it means to the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from reminder.domain.money import Money
from reminder.service.acts import Act
from reminder.web.visit import Visit
from reminder.web.words import mark

OTHER = "other"
IDS = {"amount": "other", "until": "day"}
"""The form's ids for the service's fields, where they differ."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb: its short name on a button, the heading of its page, the button that acts, and
    what is said once it is recorded."""

    short: str
    title: str
    button: str
    said: str


DEEDS: Mapping[str, Deed] = {
    "topped-up": Deed(
        mark("I topped up"), mark("Record a top-up"), mark("Record"), mark("Top-up recorded.")
    ),
    "renewed": Deed(
        mark("I paid for it"),
        mark("Record that the fee was paid"),
        mark("Record"),
        mark("Payment recorded."),
    ),
    "used": Deed(
        mark("I used it"),
        mark("Record that the number was used"),
        mark("Record"),
        mark("Use recorded."),
    ),
    "balance": Deed(
        mark("Update the balance"),
        mark("Enter the balance"),
        mark("Record"),
        mark("Balance recorded."),
    ),
    "snooze": Deed(
        mark("Remind me later"),
        mark("When should we remind you?"),
        mark("Remind me then"),
        mark("We will remind you on that day."),
    ),
    "acknowledge": Deed(
        mark("I know, write no more about this date"),
        mark("No more messages about this date"),
        mark("Write no more about this date"),
        mark("Nothing more will come about this date."),
    ),
    "stop": Deed(
        mark("Stop writing about this number"),
        mark("Stop writing about this number"),
        mark("Stop"),
        mark("Nothing more will come about this number until you resume it."),
    ),
    "resume": Deed(
        mark("Resume"),
        mark("Write about this number again"),
        mark("Resume"),
        mark("We write about this number again."),
    ),
    "unsubscribe": Deed(
        mark("Stop this channel"),
        mark("Stop messages to this address"),
        mark("Stop"),
        mark("Nothing more will be sent to this address."),
    ),
    "confirm": Deed(
        mark("Confirm"),
        mark("Receive reminders at this address"),
        mark("Yes, write here"),
        mark("Reminders will come to this address."),
    ),
    "undo": Deed(
        mark("Undo"),
        mark("Take back what was recorded"),
        mark("Undo"),
        mark("Taken back."),
    ),
    "not-mine": Deed(
        mark("This is not my number"),
        mark("Not your number?"),
        mark("Remove my address"),
        mark("Your address was removed."),
    ),
}
ON_A_LINE = ("topped-up", "renewed", "used", "balance", "snooze", "acknowledge", "stop", "resume")
_SAID = {
    "added": mark("Saved. Below is every message of the coming year."),
    "changed": mark("Saved."),
    "undone": mark("Taken back."),
    "sent-now": mark("It is on its way. What became of it stands below, under “Sent about it”."),
    "not-sent": mark(
        "Nothing was sent: today’s message is in the log already, or there is nothing to say now."
    ),
    "deleted": mark("The number is deleted. Nothing more will be sent about it."),
    "reading": mark("The entry is deleted."),
    "removed": mark("The channel is removed."),
    "asked": mark("The confirmation is sent again: one a day, so it may come tomorrow."),
    "retried": mark("It is tried again now."),
    "channel-added": mark("The channel is added"),
    "channel-there": mark("This channel is in your list already"),
    "device-out": mark("That device is signed out."),
    "token-removed": mark("The token is taken back: nothing gets in with it any more."),
    "calendar": mark("The calendar has a new address; the old one is gone."),
    "person-added": mark("Added. They sign in with their mail address."),
    "out": mark("You are signed out."),
    "out-everywhere": mark("You are signed out on every device."),
    "erased": mark("The account is erased. Nothing more will be sent."),
}


def short(visit: Visit, verb: str) -> Markup:
    """The verb on a button."""
    return visit.t(DEEDS[verb].short)


def said(visit: Visit, what: str) -> Markup:
    """The confirmation at the top of the next page."""
    deed = DEEDS.get(what)
    if what == "together":
        return _together(visit)
    return visit.t(deed.said if deed else _SAID.get(what, _SAID["changed"]))


def _together(visit: Visit) -> Markup:
    """About how many numbers it was done."""
    typed = visit.asked("count")[:6]
    count = int(typed) if typed.isascii() and typed.isdigit() else 0
    if not count:
        return visit.t("Nothing had to be done: they stand so already.")
    return visit.n("Done for {n} number.", "Done for {n} numbers.", count)


def told(visit: Visit, act: Act, currency: str) -> tuple[str, str]:
    """An act of the past: when it was recorded, and what was said with it."""
    parts = [str(said(visit, act.kind)), *_details(visit, act, currency)]
    return visit.moment(act.at), " ".join(parts)


def summary(visit: Visit, act: Act, currency: str) -> str:
    """The sum or the day that an act is about; "" where it has none."""
    return ", ".join(_details(visit, act, currency))


def _details(visit: Visit, act: Act, currency: str) -> list[str]:
    values = act.details
    sums = [values[name] for name in ("amount", "balance") if name in values]
    days = [values[name] for name in ("on", "until") if name in values]
    return [
        *(visit.money(Money.parse(one, currency)) for one in sums),
        *(visit.short_day(date.fromisoformat(one)) for one in days),
    ]


def given(verb: str, form: Mapping[str, str], today: date) -> dict[str, object]:
    """The service's fields out of the form of a verb; what was left empty is left out."""
    found: dict[str, object] = {}
    match verb:
        case "topped-up":
            chosen = form.get("sum", OTHER)
            amount = form.get("other") or ("" if chosen == OTHER else chosen)
            found = {"amount": amount, "on": form.get("on"), "balance": form.get("balance")}
            found["used"] = form.get("used")
        case "renewed":
            found = {"on": form.get("on")}
        case "used":
            found = {"on": form.get("on"), "kind": form.get("kind")}
        case "balance":
            found = _balance(form, today)
        case "snooze":
            found = {"until": _until(form, today)}
        case _:
            pass
    return {name: value for name, value in found.items() if value}


def _balance(form: Mapping[str, str], today: date) -> dict[str, object]:
    """What was typed, else what was chosen of a text's meanings, else the text itself; today is
    the form's own default and says nothing of a text."""
    chosen, _, day = form.get("meaning", "").partition(" ")
    on = form.get("on")
    if form.get("balance"):
        return {"balance": form["balance"], "on": on}
    if chosen:
        return {"balance": chosen, "on": day or on}
    return {"text": form.get("text"), "on": on if on != today.isoformat() else None}


def _until(form: Mapping[str, str], today: date) -> str | None:
    chosen = form.get("until", "")
    if chosen in {"1", "3"}:
        return (today + timedelta(days=int(chosen))).isoformat()
    return form.get("day")
