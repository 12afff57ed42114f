"""Every call of CONTRACT section 4 with every field of its body, and what that field cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.api import bad
from tests.api.bad import Bad, Bads, of

ONE_ADDRESS = "Write one address, such as anna@example.org"
NO_NUMBER = "Write the number with its country code, such as +7 916 123-45-67"
A_CODE = "Write a currency code of three letters, such as RUB"
A_PERIOD = "Write a period such as P1M, P30D, P4W or P1Y"
AT_LEAST = "A period is one day (P1D) or at least seven (P7D)"
TO_COME = "Write a day that is not later than today, 2026-11-22"
A_SUM = "Write the sum that was paid in, such as 300"
USES = ("call", "sms", "data", "payment", "other")

LINE: Mapping[str, Bads] = {
    "number": [
        *bad.text(60, blank="Write the number, such as +7 916 123-45-67", unseen=NO_NUMBER),
        *of("", "12", "call me", "+7 916", "+7 916 123-45-67 ext. 5", "+999 123 45 67"),
        *of("", "+7 916 123-45-67, +7 916 123-45-68", "0" * 60),
    ],
    "operator": [*bad.text(40), *of("", "nokia", "MTS!", "../mts")],
    "label": bad.text(100, blank=None),
    "plan": bad.word("prepaid", "postpaid"),
    "balance": bad.money(),
    "fee": [
        *bad.money(),
        *of("A fee is more than zero; leave it out if there is none", "0", "-1", "0.00"),
    ],
    "renews_on": [
        *bad.day(),
        *of("Enter the next fee date, today or later, such as 2026-12-21", "2026-11-21"),
        *of("A fee date lies within ten years: 2036-11-29 at the latest", "2036-11-30"),
    ],
    "anchor": [
        *bad.day(),
        *of("An anchor is renews_on, or an earlier day it is counted from", "2026-12-02"),
        *of("Counted from 2026-11-02 by P1M the next day is 2026-12-02", "2026-11-02"),
    ],
    "period": [
        *bad.text(20),
        *of(A_PERIOD, "P0D", "P0M", "PT0S", "P", "monthly", "-P1M", "P1M1D", "PT24H", "P1.5M"),
        *of(A_PERIOD, "P200Y", "P9999D", "30"),
        *of(AT_LEAST, "P2D", "P6D"),
    ],
    "charged_by": bad.word("operator", "owner"),
    "low_balance": [*bad.money(), *of("Write zero or more", "-0.01")],
    "autopay": bad.flag(),
    "last_active_on": [*bad.day(), *of(TO_COME, "2026-11-23", "2199-12-31")],
    "inactivity_days": bad.whole(1, 3650),
    "lead_times": bad.leads(),
    "timezone": bad.zone(),
    "channels": bad.ids(),
    "tied_channels": bad.ids(),
    "tags": [
        *bad.listed('["family"]', 100),
        *of(
            "A tag has at most 30 characters, no comma and no semicolon",
            ["x" * 31],
            ["a,b"],
            ["a;b"],
            ["a\x00b"],
            inside="/0",
        ),
        *of("At most 10 tags; these are 11", [f"t{n}" for n in range(11)]),
    ],
    "note": bad.text(2000, blank=None, lines=True),
    "top_up_url": [
        *bad.text(500),
        *of("Write a web address that begins with https://", "http://pay.example", "//x.org", "x"),
        *of("Write a web address that begins with https://", "javascript:alert(1)", "https://"),
        *of("Write a web address that begins with https://", "https://a:b@x.org", "https://[x"),
    ],
    "colour": of(bad.UNKNOWN, "red", None),
}
NEW_LINE = {
    **LINE,
    "currency": [
        *bad.text(40),
        *of(A_CODE, "RUR", "rubles", "₽", "RU", "XXX"),
    ],
}
LINE_PATCH = {
    **LINE,
    "number": [*LINE["number"], Bad(None, "Write the number, such as +7 916 123-45-67")],
    "currency": [
        *bad.text(40),
        *of("This line is kept in RUB; add it anew to change", "USD", "RUR", "rubles"),
    ],
}
ON: Mapping[str, Bads] = {
    "on": [*bad.day(), *of(TO_COME, "2026-11-23", "2199-12-31")],
    "colour": of(bad.UNKNOWN, "red"),
}
TRIP = {"timezone": "Asia/Bangkok", "first_day": "2026-12-01", "last_day": "2026-12-09"}
TRIPS = "Write a list of objects with the texts first_day, last_day, timezone"
ME: Mapping[str, Bads] = {
    "language": [
        *bad.text(40),
        *of("Choose one of: zh, ru, en", "fr", "EN", "english"),
    ],
    "timezone": bad.zone(),
    "at": [*bad.text(10), *of("Write a time of day as 09:00", "24:00", "9", "09:60", "9 am")],
    "quiet_hours": [
        *bad.text(20, blank=None),
        *of("Write a time of day as 09:00", "night", "22:00", "22:00-24:00", "22-8", "-"),
        *of("Write quiet hours as 22:00-08:00, or leave them empty", "08:00-08:00"),
    ],
    "lead_times": bad.leads(),
    "inactivity_lead_times": bad.leads(),
    "after_times": [
        *bad.leads(least=0),
        *of("Repeats come at least one day after, such as P1D", ["P0D"], ["P3D", "P0D"]),
    ],
    "when_covered": bad.word("once", "always", "never"),
    "second_contact": [
        *bad.text(254, blank=None),
        *of(
            "Write the mail address of somebody else, or the id of a channel of yours",
            "boris",
            "a@x.org, b@x.org",
            "chn_0000000000000000",
        ),
        *of("This is your own address: name somebody else", "anna@example.org"),
    ],
    "trips": [
        *of(TRIPS, "x", 5, {}, ["x"], [{}], [{**TRIP, "timezone": 5}], [{**TRIP, "to": "x"}]),
        *of("Write a date as 2026-12-01", [{**TRIP, "first_day": "soon"}]),
        *of("", [{**TRIP, "timezone": "Mars"}], [{**TRIP, "last_day": "2026-11-30"}], [TRIP, TRIP]),
    ],
    "email": of(bad.UNKNOWN, "a@x.org"),
    "address": of(bad.UNKNOWN, "a@x.org"),
}
URL = [
    *bad.no_text(),
    *of("Write the address to call, such as https://example.org/hook", "", " "),
    *of("At most 2000 characters; these are 2001", "https://example.org/".ljust(2001, "x")),
    *of("", *bad.LOOPBACK),
    *of("", "ftp://example.org/", "example.org", "https://", "https://a:b@example.org/"),
    *of("", "http://10.0.0.1/", "http://169.254.169.254/", "http://example.org:25/"),
    *of("", "https://example.org/a\\b", "https://exa mple.org/", "https://example.org:99999/"),
    *of(bad.CONTROLS, "https://example.org/\r\nHost: x", "https://example.org/\x00"),
]
WEBHOOK: Mapping[str, Bads] = {
    "kind": bad.word("email", "webhook"),
    "url": URL,
    "label": bad.text(100, blank=None),
    "use": [*bad.word("always", "fallback"), *of("Choose one of: always, fallback", "second")],
    "address": of("A webhook has a url instead: leave the address out", "a@x.org", 5, ""),
    "secret": [
        *bad.text(200),
        *of("Write whsec_ and 24 to 64 bytes in base 64, or leave it out", "hunter2", "whsec_"),
        *of("Write whsec_ and 24 to 64 bytes in base 64, or leave it out", "whsec_QUJD", "sécret"),
    ],
    "colour": of(bad.UNKNOWN, "red"),
}
NOT_OF_MAIL = "A mailbox has no such field: leave it out, or add a webhook"
EMAIL: Mapping[str, Bads] = {
    "address": bad.address(ONE_ADDRESS),
    "url": of(NOT_OF_MAIL, "https://example.org/", "", 5),
    "format": of(NOT_OF_MAIL, "standard", "email", "", 5),
    "secret": of(NOT_OF_MAIL, "whsec_x", 5),
}
NOTHING: Mapping[str, Bads] = {"colour": of(bad.UNKNOWN, "red", None, {})}


class Case(NamedTuple):
    """One call: its method and path, a body that is right, and what each field cannot be."""

    name: str
    method: str
    path: str
    good: Mapping[str, object]
    fields: Mapping[str, Bads]
    needed: Mapping[str, str] = {}
    scope: str = "write"


NEW = {"number": "+7 916 765-43-21", "renews_on": "2026-12-01", "period": "P1M"}
CASES = [
    Case(
        "POST /lines",
        "POST",
        "/lines",
        NEW,
        NEW_LINE,
        {
            "number": "Write the number, such as +7 916 123-45-67",
            "renews_on": "Write the day of the next fee, or last_active_on, or balance with "
            "low_balance: else there is nothing to remind of",
        },
    ),
    Case("PATCH /lines/{id}", "PATCH", "/lines/{line}", {}, LINE_PATCH),
    Case(
        "POST readings",
        "POST",
        "/lines/{line}/readings",
        {"balance": "80.00"},
        {
            "balance": bad.money(),
            "text": of("Send either the balance or a text, not both", "80,00 р.", ""),
            **ON,
        },
        {"balance": "Write the balance in digits, such as 250 or 250.50"},
    ),
    Case(
        "POST readings, a text",
        "POST",
        "/lines/{line}/readings",
        {"text": "Баланс 80,00 р."},
        {
            "text": [
                *bad.no_text(),
                *of("Send the operator's answer alone, at most 4000 characters", "x" * 4001),
                *of("No sum was found in this text: send the balance itself, such as 250.50", ""),
            ],
            **ON,
        },
    ),
    Case(
        "POST topped-up",
        "POST",
        "/lines/{line}/topped-up",
        {"amount": "200"},
        {
            "amount": [*bad.money(), *of(A_SUM, "0", "-5", "0.00", {"amount": "-1"})],
            "balance": bad.money(),
            "used": bad.word(*USES),
            **ON,
        },
        {"amount": A_SUM},
    ),
    Case("POST renewed", "POST", "/lines/{line}/renewed", {}, ON),
    Case("POST used", "POST", "/lines/{line}/used", {}, {"kind": bad.word(*USES), **ON}),
    Case(
        "POST snooze",
        "POST",
        "/lines/{line}/snooze",
        {"until": "2026-11-25"},
        {
            "until": [
                *bad.day(),
                *of(
                    "Choose a day from 2026-11-23 to 2026-12-06",
                    "2026-11-22",
                    "2026-11-01",
                    "2026-12-07",
                    "2199-01-01",
                ),
                Bad(None, "Write the day to be reminded on, such as 2026-12-01"),
            ],
            "colour": of(bad.UNKNOWN, "red"),
        },
        {"until": "Write the day to be reminded on, such as 2026-12-01"},
    ),
    *(
        Case(f"POST {verb}", "POST", f"/lines/{{line}}/{verb}", {}, NOTHING)
        for verb in ("acknowledge", "stop", "resume", "undo")
    ),
    Case(
        "POST /channels, a webhook",
        "POST",
        "/channels",
        {"kind": "webhook", "url": "https://example.org/hook"},
        WEBHOOK,
        {
            "kind": "Choose one of: email, webhook",
            "url": "Write the address to call, such as https://example.org/hook",
        },
    ),
    Case(
        "POST /channels, a mailbox",
        "POST",
        "/channels",
        {"kind": "email", "address": "box@example.org"},
        EMAIL,
        {"address": ONE_ADDRESS},
    ),
    Case(
        "PATCH /channels/{id}",
        "PATCH",
        "/channels/{channel}",
        {},
        {
            "label": bad.text(100, blank=None),
            "use": WEBHOOK["use"],
            "state": [
                *bad.word("works", "stopped"),
                *of("Choose one of: works, stopped", "unconfirmed", "failing", "resting"),
            ],
            "rotate_secret": bad.flag(),
            "url": of(bad.UNKNOWN, "https://example.org/"),
            "address": of(bad.UNKNOWN, "a@x.org"),
        },
    ),
    Case("POST /channels/{id}/test", "POST", "/channels/{channel}/test", {}, NOTHING),
    Case("PATCH /me", "PATCH", "/me", {}, ME),
    Case("POST /me/calendar", "POST", "/me/calendar", {}, NOTHING),
    Case(
        "POST /owners",
        "POST",
        "/owners",
        {"address": "carla@example.org"},
        {
            "address": bad.address(ONE_ADDRESS),
            "admin": bad.flag(),
            "language": ME["language"],
            "timezone": bad.zone(),
            "email": of(bad.UNKNOWN, "a@x.org"),
        },
        {"address": ONE_ADDRESS},
        "admin",
    ),
    Case("POST /owners/{id}/link", "POST", "/owners/{owner}/link", {}, NOTHING, scope="admin"),
    Case(
        "POST /tokens",
        "POST",
        "/tokens",
        {"name": "script"},
        {
            "name": bad.text(100, blank="Name what the token is for"),
            "scope": bad.word("read", "write", "admin"),
            "colour": of(bad.UNKNOWN, "red"),
        },
        {"name": "Name what the token is for"},
    ),
]
