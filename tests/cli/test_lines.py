"""add, list, show, preview, rehearse."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.cli.lines import period, planned_row
from tests.cli.conftest import Command, day

NUMBER = "+7 916 123-45-67"


def _add(run: Command, number: str = NUMBER, ahead: int = 8, *more: str) -> None:
    fee = ("--fee", "300", "--every", "month", "--operator", "mts")
    assert run("add", number, "--renews-on", day(ahead), *fee, *more).code == 0


def test_list_has_the_most_urgent_first(anna: Command) -> None:
    """Each line stands on a row with number, label, what and by when, the most urgent first."""
    _add(anna, "+7 916 123-45-60", 9, "--label", "Work")
    _add(anna, "+7 916 123-45-61", 5, "--label", "Mum", "--balance", "120.50")
    first, second = anna("list").out.splitlines()
    assert first.startswith("+79161234561  Mum ")
    assert "fee 300.00 RUB, 179.50 RUB short" in first
    assert f"{day(5)} (in 5 days)" in first
    assert "balance not known" in second


@pytest.mark.parametrize("name", ["mum", "8 916 123-45-67", "+79161234567"])
def test_show_takes_any_name_of_a_line(anna: Command, name: str) -> None:
    """A line is meant by its number in any spelling, or its label."""
    _add(anna, NUMBER, 8, "--label", "Mum")
    said = anna("show", name)
    assert said.code == 0
    assert "+79161234567" in said.out


def test_show_speaks_to_a_person(anna: Command) -> None:
    """The period in words, and the next message at the owner's time."""
    _add(anna, NUMBER, 8)
    said = anna("show", NUMBER).out
    assert "every month" in said
    assert f"{day(1)} 09:00 (Europe/Moscow)" in said


def test_add_takes_what_the_api_takes(anna: Command) -> None:
    """What was typed arrives as it was meant."""
    said = anna(
        *("add", NUMBER, "--renews-on", day(3), "--operator", "mts", "--balance", "-5", "--json"),
        *("--fee", "300", "--every", "30d", "--label", "Mum", "--last-active", day(-9)),
    ).json
    assert (said["period"], said["label"], said["operator"]) == ("P30D", "Mum", "mts")
    assert said["balance"]["amount"] == "-5.00"
    assert said["last_active_on"] == day(-9)


@pytest.mark.parametrize(
    ("every", "iso"),
    [("month", "P1M"), ("30d", "P30D"), ("28D", "P28D"), ("4w", "P4W"), ("year", "P1Y")],
)
def test_periods(every: str, iso: str) -> None:
    """``--every`` takes the words of the contract."""
    assert period(every) == iso


def test_a_wrong_period_is_refused(anna: Command) -> None:
    """A period that is none exits 1 and names the option."""
    said = anna("add", NUMBER, "--renews-on", day(3), "--every", "often")
    assert said.code == 1
    assert "--every:" in said.err


@pytest.mark.parametrize("form", ["text", "html", "json"])
def test_preview(anna: Command, form: str) -> None:
    """The next message is printed in the form asked for."""
    _add(anna)
    said = anna("preview", NUMBER, "--format", form, "--language", "ru")
    assert said.code == 0
    assert "300" in said.out


def test_rehearse_names_the_zone_of_a_trip() -> None:
    """Where the owner is on a trip, the time is that of the trip, and its zone stands beside it."""
    one = {
        "due_at": "2026-12-08T01:00:00Z",
        "timezone": "Asia/Shanghai",
        "clock": "renewal",
        "deadline": "2026-12-15",
        "lead_days": 7,
        "covered": False,
        "channels": [],
    }
    assert planned_row(one, {}, named=True)[0] == "2026-12-08 09:00 Asia/Shanghai"
    assert planned_row(one, {}, named=False)[0] == "2026-12-08 09:00"


def test_rehearse_prints_local_times(anna: Command) -> None:
    """Each message to come stands on a row, at 09:00 of the owner's zone."""
    _add(anna)
    rows = anna("rehearse", NUMBER, "--months", "1").out.splitlines()
    assert rows[0].startswith(f"{day(1)} 09:00  renewal")
    assert "7 days before" in rows[0]
    assert rows[0].endswith("anna@example.org")


def test_a_list_masks_numbers_on_request(anna: Command, tmp_path: Path) -> None:
    """``--masked`` keeps whole numbers off the terminal and out of an exported file."""
    anna("add", "+79161234567", "--renews-on", day(5))
    assert "+7 916 ••• •• 67" in anna("list", "--masked").out
    assert "+79161234567" in anna("list").out
    file = tmp_path / "lines.csv"
    assert anna("export", str(file), "--masked").code == 0
    assert "1234567" not in file.read_text(encoding="utf-8")
