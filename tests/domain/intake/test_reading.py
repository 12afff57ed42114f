"""Balances read out of operators' answers: what is certain is read, what is not is asked."""

from __future__ import annotations

import time
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reminder.domain.intake import Candidate, Confidence, Unclear, Understood, Why, read
from reminder.domain.intake.reading import LONGEST_TEXT

TODAY = date(2026, 11, 22)
HERE = Path(__file__).parent
FEWEST_TEXTS = 120


def table(name: str) -> list[dict[str, Any]]:
    """Every text of a file beside this one, with what is expected of it."""
    groups = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    return [row for rows in groups.values() for row in rows]


@pytest.mark.parametrize(
    "row", table("texts") + table("held_out") + table("blind"), ids=lambda row: row["says"]
)
def test_each_text_is_read_or_asked_about(row: dict[str, Any]) -> None:
    """The amount, currency and day come out as written, or the listed candidates are offered."""
    found = read(row["says"], TODAY, row.get("kept"))
    if "ask" in row:
        assert isinstance(found, Unclear)
        assert {Decimal(a) for a in row["ask"]} <= {c.amount for c in found.candidates}
        return
    on = row.get("on")
    expected = Candidate(
        Decimal(row["amount"]), row.get("currency"), date.fromisoformat(on) if on else None
    )
    assert isinstance(found, Understood), found
    assert found.balance == expected


def test_the_table_is_large() -> None:
    """There are at least 120 texts in the first table, in three languages."""
    assert len(table("texts")) >= FEWEST_TEXTS


@pytest.mark.parametrize(
    ("text", "confidence", "matched"),
    [
        ("Баланс: 120,50 р. Бонусы 5 р.", Confidence.HIGH, "120,50 р"),
        ("Баланс: 120,50", Confidence.MEDIUM, "120,50"),
        ("Осталось 64 ₽", Confidence.MEDIUM, "64 ₽"),
        ("120,50 руб.", Confidence.MEDIUM, "120,50 руб"),
        ("Balance: $-2.40", Confidence.HIGH, "$-2.40"),
        ("Баланс 99 руб. 5 коп.", Confidence.HIGH, "99 руб. 5 коп"),
    ],
)
def test_how_sure_it_is_and_what_it_read(text: str, confidence: str, matched: str) -> None:
    """High where the text names both a balance and its currency; the part that was read is said."""
    found = read(text, TODAY)
    assert isinstance(found, Understood)
    assert (found.confidence, found.matched) == (confidence, matched)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.NOTHING),
        ("Наберите *100#", Why.NOTHING),
        ("Бонусы 30 р.", Why.UNNAMED),
        ("Баланс 10 р. Баланс 20 р.", Why.SEVERAL),
        ("Баланс - 10 р.", Why.DOUBTFUL),
        ("Баланс на 01.12.2026: 10 р.", Why.TO_COME),
        ("Balance as of 11/10/2026: $5", Why.DOUBTFUL),
        ("Баланс 10 р. " * 400, Why.TOO_LONG),
    ],
)
def test_why_a_text_is_not_read(text: str, why: Why) -> None:
    """Each reason for asking has its own word."""
    found = read(text, TODAY)
    assert isinstance(found, Unclear)
    assert found.why is why


def test_an_ambiguous_day_offers_both() -> None:
    """A date that can be October or November is offered as both, with the same sum."""
    found = read("Balance as of 11/10/2026: $5", TODAY)
    assert isinstance(found, Unclear)
    assert {c.on for c in found.candidates} == {date(2026, 11, 10), date(2026, 10, 11)}


def test_a_day_without_a_year_is_the_latest_past_one() -> None:
    """In January, "31 December" is last year's."""
    found = read("Баланс на 31 декабря: 10 руб.", date(2027, 1, 5))
    assert isinstance(found, Understood)
    assert found.balance.on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "kept", "currency"),
    [
        ("Баланс 5 руб.", "BYN", "BYN"),
        ("Баланс 5 руб.", "KZT", "RUB"),
        ("Balance $5", "CAD", "CAD"),
        ("余额 ¥500", "JPY", "JPY"),
        ("Баланс 5 RUB", "BYN", "RUB"),
    ],
)
def test_a_shared_sign_is_the_lines_own(text: str, kept: str, currency: str) -> None:
    """A sign that several countries use is read as the line's; a code never is."""
    found = read(text, TODAY, kept)
    assert isinstance(found, Understood)
    assert found.balance.currency == currency


def test_at_most_a_few_candidates_are_offered() -> None:
    """However many sums a text holds, a person is asked to choose among six."""
    text = " ".join(f"Баланс {n}: {n * 7} руб." for n in range(1, 40))
    found = read(text, TODAY)
    assert isinstance(found, Unclear)
    assert 2 <= len(found.candidates) <= 6


WORDS = """баланс Баланс: balance 余额 бонус р. руб ₽ $ 元 - − – . , : / + ( 0 1 12 120,50 1 030.5
    20.11.2026 11/10/2026 *100# +79161234567 мин GB 🙂 на до of минус 角 1.2.3 99999999999"""
PIECES = st.sampled_from([*WORDS.split(" "), "\n", " "])


@settings(deadline=None)
@given(st.text() | st.lists(PIECES).map("".join) | st.lists(PIECES).map(" ".join))
@example("٣٠٠ руб.")
@example("Баланс 31.02.2026 ₽")
@example("на 99.99.2026 12:00 баланс 5р")
@example("0000年13月45日余额")
def test_no_text_breaks_it(text: str) -> None:
    """Whatever is pasted is read or asked about, never an error; what is read stands in it."""
    found = read(text, TODAY)
    if isinstance(found, Understood):
        assert found.matched
        assert found.balance.on is None or found.balance.on <= TODAY
    else:
        assert len(set(found.candidates)) == len(found.candidates)


@settings(deadline=None)
@given(
    st.integers(-9_999_999, 9_999_999),
    st.sampled_from(["руб.", "р.", "₽", "RUB"]),
    st.sampled_from(["-", "−"]),
    st.sampled_from([",", "."]),
)
def test_what_is_written_is_read_back(minor: int, unit: str, minus: str, point: str) -> None:
    """Any sum, written the usual way, comes out as it went in."""
    sign = minus if minor < 0 else ""
    whole, part = divmod(abs(minor), 100)
    grouped = f"{whole:,}".replace(",", "\u00a0")
    text = f"Ваш баланс: {sign}{grouped}{point}{part:02} {unit}"
    found = read(text, TODAY)
    assert isinstance(found, Understood), text
    assert found.balance.amount * 100 == minor


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "111 ",
        "1.",
        "1-",
        "баланс ",
        "- ",
        "(",
        "8 800 ",
        "a.",
        "+7 ",
        "余",
        "\n",
        "20.11.",
        "9",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """A text four times as long takes about four times the work, up to the longest that is read; a
    longer one is not looked at."""

    def work(length: int) -> float:
        text, spent = (piece * length)[:length], []
        for _ in range(5):
            begun = time.process_time()
            read(text, TODAY)
            spent.append(time.process_time() - begun)
        return min(spent)

    assert work(LONGEST_TEXT) < 8 * work(LONGEST_TEXT // 4)
    assert read(piece * 100_000, TODAY) == Unclear(Why.TOO_LONG)
