"""Every argument of every command, with what it cannot be: one line, exit 1 or 2, nothing kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import ANNA, Command, day

NUMBER = "+7 916 123-45-67"
NEW = ("add", "+7 916 765-43-21", "--renews-on", day(9))
REFUSED, USAGE = 1, 2
Bad = tuple[Sequence[str], int, str]

ADD: list[Bad] = [
    (("add",), USAGE, "requires an argument"),
    (("add", "12", "--renews-on", day(9)), REFUSED, "number: Enter all 10 digits after +7"),
    (("add", "", "--renews-on", day(9)), REFUSED, "number: Write the number"),
    (("add", f"{NUMBER}, {NUMBER}", "--renews-on", day(9)), REFUSED, "number: "),
    (("add", NUMBER, "--renews-on", day(9)), REFUSED, "This number is in your list already: Mum"),
    (NEW[:2], REFUSED, "renews_on: Write the day of the next fee"),
    ((*NEW[:3], day(-1)), REFUSED, "renews_on: Enter the next fee date, today or later"),
    ((*NEW[:3], "2026-02-30"), REFUSED, "renews_on: There is no such day"),
    ((*NEW[:3], "1.12.2026"), REFUSED, "renews_on: Write a date as 2026-12-01"),
    ((*NEW[:3], "2150-01-01"), REFUSED, "renews_on: A fee date lies within ten years"),
    ((*NEW[:3], ""), REFUSED, "renews_on: Write a date"),
    ((*NEW, "--operator", "nokia"), REFUSED, "operator: "),
    ((*NEW, "--balance", "much"), REFUSED, "balance: Write the amount in digits"),
    ((*NEW, "--fee", "0"), REFUSED, "fee: A fee is more than zero"),
    ((*NEW, "--fee", "1.234"), REFUSED, "fee: RUB has 2 decimals at most"),
    ((*NEW, "--every", "often"), REFUSED, "--every: write month, year or once"),
    ((*NEW, "--every", "0d"), REFUSED, "period: Write a period"),
    ((*NEW, "--every", "3d"), REFUSED, "period: A period is one day (P1D) or at least seven"),
    ((*NEW, "--label", "x" * 101), REFUSED, "label: At most 100 characters"),
    ((*NEW, "--label", "a\r\nb"), REFUSED, "label: Leave out line breaks"),
    ((*NEW, "--last-active", day(1)), REFUSED, "last_active_on: Write a day that is not later"),
    ((*NEW, "--low-balance", "-1"), REFUSED, "low_balance: Write zero or more"),
    ((*NEW, "--inactivity-days", "0"), REFUSED, "inactivity_days: Write a whole number from 1"),
    ((*NEW, "--inactivity-days", "ninety"), USAGE, "ninety"),
    ((*NEW, "--charged-by", "bank"), USAGE, "bank"),
    ((*NEW, "--note", "a\x00b"), REFUSED, "note: Leave out control characters"),
    ((*NEW, "--colour", "red"), USAGE, "--colour"),
    ((*NEW, "--owner", "nobody@example.org"), REFUSED, "There is no owner with the address"),
]
ACTS: list[Bad] = [
    (("show", "nobody"), REFUSED, "You have no line 'nobody'"),
    (("balance", "mum"), REFUSED, "Write either the balance"),
    (("balance", "mum", "much"), REFUSED, "balance: Write the amount in digits"),
    (("balance", "mum", "5", "--on", day(1)), REFUSED, "on: Write a day that is not later"),
    (("balance", "mum", "5", "--text", "x"), REFUSED, "Write either the balance"),
    (("balance", "mum", "--text", "hello"), REFUSED, "text: No sum was found"),
    (("balance", "nobody", "5"), REFUSED, "You have no line 'nobody'"),
    (("topped-up", "mum"), USAGE, "AMOUNT"),
    (("topped-up", "mum", "0"), REFUSED, "amount: Write the sum that was paid in"),
    (("topped-up", "mum", "-5"), REFUSED, "amount: Write the sum that was paid in"),
    (("topped-up", "mum", "5", "--on", "soon"), REFUSED, "on: Write a date as 2026-12-01"),
    (("topped-up", "mum", "5", "--used", "fax"), REFUSED, "used: Choose one of: call, sms"),
    (("renewed", "mum", "--on", day(1)), REFUSED, "on: Write a day that is not later"),
    (("used", "mum", "--on", day(1)), REFUSED, "on: Write a day that is not later"),
    (("snooze", "mum"), USAGE, "--until"),
    (("snooze", "mum", "--until", day(0)), REFUSED, "until: Choose a day from"),
    (("snooze", "mum", "--until", day(15)), REFUSED, "until: Choose a day from"),
    (("resume", "mum"), REFUSED, "This line is not stopped"),
    (("undo", "mum"), REFUSED, "There is nothing to take back"),
    (("rehearse", "mum", "--months", "0"), REFUSED, "months: Write 1 or more"),
    (("rehearse", "mum", "--months", "61"), REFUSED, "months: Write 60 at most"),
    (("preview", "mum", "--language", "fr"), USAGE, "fr"),
    (("preview", "mum", "--format", "pdf"), USAGE, "pdf"),
]
PLACES: list[Bad] = [
    (("channel", "add", "email", "anna"), REFUSED, "address: Write one address"),
    (("channel", "add", "email", "a@x.org,b@x.org"), REFUSED, "address: Write one address"),
    (("channel", "add", "email", "a@x.org\nBcc: b@x.org"), REFUSED, "address: Leave out line"),
    (("channel", "add", "webhook", "http://127.1/"), REFUSED, "url: "),
    (("channel", "add", "webhook", "http://localhost/"), REFUSED, "url: "),
    (("channel", "add", "webhook", "example.org"), REFUSED, "url: "),
    (
        ("channel", "add", "webhook", "https://x.org/a", "--format", "fax"),
        REFUSED,
        "format: Choose one of: standard",
    ),
    (
        ("channel", "add", "webhook", "https://x.org/a", "--secret", "hunter2"),
        REFUSED,
        "secret: Write whsec_",
    ),
    (("channel", "add", "pigeon", "x"), USAGE, "pigeon"),
    (("channel", "test", "nobody"), REFUSED, "You have no channel 'nobody'"),
    (("channel", "remove", "nobody"), REFUSED, "You have no channel 'nobody'"),
    (("owner", "add", "nobody"), REFUSED, "address: Write one address"),
    (("owner", "add", ANNA), REFUSED, "There is an owner with this address already"),
    (("owner", "add", "b@x.org", "--timezone", "Moscow"), REFUSED, "timezone: Write a time zone"),
    (("owner", "add", "b@x.org", "--language", "fr"), USAGE, "fr"),
    (("owner", "link", "nobody@x.org"), REFUSED, "There is no owner with the address"),
    (("owner", "invite"), REFUSED, "closed"),
    (("token", "create", ""), REFUSED, "name: Name what the token is for"),
    (("token", "create", "x" * 101), REFUSED, "name: At most 100 characters"),
    (("token", "create", "x", "--scope", "root"), USAGE, "root"),
    (("import", "missing.csv"), REFUSED, "missing.csv"),
    (("export", "lines.pdf"), REFUSED, "Name the file with one of these endings"),
    (("operators", "nokia"), REFUSED, "nokia"),
    (("backup", "/nowhere/at/all.db"), REFUSED, "/nowhere"),
    (("restore", "missing.db"), REFUSED, "missing.db"),
]


def _kept(folder: Path) -> str:
    with sqlite3.connect(folder / "data" / "reminder.db") as database:
        return "\n".join(database.iterdump())


@pytest.mark.parametrize("table", [ADD, ACTS, PLACES], ids=["add", "acts", "places"])
def test_each_bad_argument(anna: Command, folder: Path, table: list[Bad]) -> None:
    """What cannot be meant is refused with 1, what is no usage with 2; each by one line on stderr
    that says what would be right, with nothing on stdout and nothing kept."""
    assert anna("add", NUMBER, "--renews-on", day(8), "--label", "Mum").code == 0
    before, found = _kept(folder), []
    for arguments, code, says in table:
        said = anna(*arguments)
        one_line = said.err.startswith("reminder: ") and said.err.count("\n") == 1
        right = (said.code, said.out) == (code, "") and one_line and says in said.err
        if not right or "Traceback" in said.err or _kept(folder) != before:
            found.append(f"{arguments}: {said.code} {said.out}{said.err}")
    assert not found, "\n".join(found)
