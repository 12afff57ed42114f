"""Headings and sentences say what to do, by when, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reminder.domain.silence import StageKind, Step
from reminder.rendering.display import NBSP
from reminder.rendering.sentences import asking, heading, lateness, sentences
from reminder.rendering.telling import Telling
from tests.rendering.notices import TODAY, cases, head, rubles


def told(case: str, language: str) -> Telling:
    """One of the cases, about to be told."""
    return Telling.of(cases()[case], head(language))


@pytest.mark.parametrize(
    ("case", "language", "first", "then"),
    [
        (
            "short",
            "en",
            "Top up at least 330 ₽ before Fri 27 Nov",
            "On Friday 27 Nov, Moscow time, MTS charges 550 ₽. About 220 ₽ will be there.",
        ),
        (
            "short",
            "ru",
            "Пополните минимум на 330 ₽ до пт, 27 ноября",
            (
                "В пятницу, 27 ноября, по московскому времени, МТС спишет 550 ₽. "
                "На счёте будет около 220 ₽."
            ),
        ),
        (
            "short",
            "zh",
            "请在 11月27日（周五）前至少充值 330 卢布",
            "莫斯科时间 11月27日（周五），MTS 会扣 550 卢布。届时余额约 220 卢布。",
        ),
        (
            "autopay",
            "en",
            "Check that the card behind the automatic payment is good",
            "On Friday 27 Nov, Moscow time, MTS takes 550 ₽ by automatic payment.",
        ),
        (
            "low",
            "en",
            "Top up: less than 100 ₽ is left",
            (
                "By our count about 40 ₽ is there today. "
                "You asked to be told when it falls under 100 ₽."
            ),
        ),
        (
            "low_sum",
            "en",
            "Top up at least 60 ₽",
            (
                "By our count about 40 ₽ is there today. "
                "You asked to be told when it falls under 100 ₽. "
                "To have 100 ₽ left on 31 Dec, top up at least 360 ₽. "
                "Fees of 300 ₽ are counted in."
            ),
        ),
        (
            "low_sum",
            "ru",
            "Пополните минимум на 60 ₽",
            (
                "По нашим расчётам, сегодня на счёте около 40 ₽. "
                "Вы просили сообщить, когда станет меньше 100 ₽. "
                "Чтобы к 31 декабря оставалось 100 ₽, пополните минимум на 360 ₽. "
                "Учтены списания: 300 ₽."
            ),
        ),
        (
            "low_sum",
            "zh",
            "请至少充值 60 卢布",
            (
                "按推算今天余额约 40 卢布。您要求在低于 100 卢布时告诉您。"
                "要到 12月31日仍余 100 卢布，至少充值 360 卢布。已计入扣费 300 卢布。"
            ),
        ),
        (
            "longer",
            "en",
            "Top up before 3 Jan 2027",
            (
                "By our count about 40 ₽ is there today. It lasts until about 3 Jan 2027. "
                "To make it last until 31 Dec, top up at least 295 ₽."
            ),
        ),
        (
            "falls",
            "en",
            "Top up before 3 Jan 2027",
            ("By our count about 40 ₽ is there today. It falls under 100 ₽ around 3 Jan 2027."),
        ),
        (
            "falls",
            "ru",
            "Пополните до 3 января 2027",
            (
                "По нашим расчётам, сегодня на счёте около 40 ₽. "
                "Примерно с 3 января 2027 будет меньше 100 ₽."
            ),
        ),
        (
            "falls",
            "zh",
            "请在 2027年1月3日前充值",
            "按推算今天余额约 40 卢布。大约 2027年1月3日起低于 100 卢布。",
        ),
    ],
)
def test_words(case: str, language: str, first: str, then: str) -> None:
    """The heading says what to do, the sentences what happens."""
    this = told(case, language)
    assert heading(this).replace(NBSP, " ") == first
    assert sentences(this).replace(NBSP, " ") == then


def test_late() -> None:
    """A late message says for which day it is, a timely one nothing."""
    assert "24\u00a0Nov" in lateness(told("late", "en"))
    assert lateness(told("short", "en")) == ""


def test_down_is_said_only_of_what_was_down() -> None:
    """Only a service that did not run says that it was down."""
    assert lateness(told("down", "en")).startswith("We were down on 24\u00a0Nov.")
    assert lateness(told("late", "en")) == "This message is late: it was meant for 24\u00a0Nov."
    assert "中断" in lateness(told("down", "zh"))
    assert "中断" not in lateness(told("late", "zh"))


@pytest.mark.parametrize(
    ("age", "en", "ru", "zh"),
    [
        (1, "1 day old", "1 день", "1 天前"),
        (2, "2 days old", "2 дня", "2 天前"),
        (5, "5 days old", "5 дней", "5 天前"),
        (11, "11 days old", "11 дней", "11 天前"),
        (21, "21 days old", "21 день", "21 天前"),
        (22, "22 days old", "22 дня", "22 天前"),
        (25, "25 days old", "25 дней", "25 天前"),
    ],
)
def test_asking(age: int, en: str, ru: str, zh: str) -> None:
    """A reading is asked for with its age in the right form, and the operator's code."""
    seen = (rubles(250), date.fromordinal(TODAY.toordinal() - age))
    one = replace(cases()["asks"], seen=seen)
    for language, words in (("en", en), ("ru", ru), ("zh", zh)):
        text = asking(Telling.of(one, head(language)))
        assert words in text
        assert "*100#" in text


def test_asking_without_a_code() -> None:
    """Where the catalogue knows no code, the operator is named and no number to call."""
    one = cases()["asks_unseen"]
    unknown = replace(one, line=replace(one.line, operator="other"))
    text = asking(Telling.of(unknown, head("en")))
    assert text == "The balance is not known. Check it with your operator."
    assert asking(told("short", "en")) == ""


def test_also() -> None:
    """Clocks that end on the same day are named too."""
    text = sentences(told("also", "en"))
    assert "money lasts" in text
    assert "Make a call" in text


def test_also_under_the_floor() -> None:
    """A floor is no day on which money is used up, beside a fee either."""
    text = sentences(told("also_floor", "en")).replace(NBSP, " ")
    assert "By our count less than 100 ₽ is left from about the same day." in text
    assert "lasts" not in text


STEPS = (
    Step(StageKind.IDLE_FEE, date(2026, 11, 1), {"en": "3 a day.", "ru": "3 в день.", "zh": "x"}),
    Step(StageKind.ENDED, date(2026, 11, 21), {"en": "It ends.", "ru": "Конец.", "zh": "y"}),
    Step(StageKind.QUARANTINE, date(2026, 12, 1), {"en": "Ask.", "ru": "Просите.", "zh": "z"}),
    Step(StageKind.RESOLD, date(2027, 1, 20), {"en": "Gone.", "ru": "Отдан.", "zh": "w"}),
    Step(StageKind.BLOCKED, None, {"en": "Blocked.", "ru": "Блок.", "zh": "v"}),
)


@pytest.mark.parametrize(
    ("case", "language", "says"),
    [
        ("silence", "en", "From 1 Dec: Ask. From 20 Jan 2027: Gone."),
        ("silence_passed", "en", "From 21 Nov: It ends. From 1 Dec: Ask. From 20 Jan 2027: Gone."),
        ("silence_passed", "ru", "С 21 ноября: Конец. С 1 декабря: Просите."),
        ("silence_passed", "zh", "11月21日起：y12月1日起：z"),
    ],
)
def test_silence_says_what_comes_next(case: str, language: str, says: str) -> None:
    """The steps to come with their days; after the date the one that stands goes first."""
    this = told(case, language)
    clock = this.notice.clocks.inactivity
    assert clock is not None
    clocks = replace(this.notice.clocks, inactivity=replace(clock, stages=STEPS))
    this = replace(this, notice=replace(this.notice, clocks=clocks))
    said = sentences(this).replace(NBSP, " ")
    assert says in said
    assert "locked" not in said


def test_silence_names_the_paid_service() -> None:
    """A service of the operator that keeps the number is named with its whole address."""
    said = sentences(told("silence", "en"))
    assert "a paid service that keeps an unused number: https://moskva.mts.ru/" in said
    one = told("silence", "en").notice
    one = replace(one, line=replace(one.line, operator="t2"))
    assert "a paid service" not in sentences(Telling.of(one, head("en")))
