"""Subjects are those of the design, one line, and fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.rendering.display import NBSP
from reminder.rendering.subjects import digest_subject, subject
from reminder.rendering.telling import Telling
from reminder.rendering.translation import Speech
from tests.rendering.notices import LANGUAGES, cases, head, labelled

TABLE = [
    ("short", "en", "Mum’s phone: 330 ₽ short for 27 Nov"),
    ("short", "ru", "Мамин телефон: к 27 ноября не хватает 330 ₽"),
    ("short", "zh", "妈妈的手机：11月27日扣费，还差 330 卢布"),
    ("short_today", "en", "Mum’s phone: 550 ₽ is charged today, 330 ₽ short"),
    ("short_today", "ru", "Мамин телефон: списание сегодня, не хватает 330 ₽"),
    ("short_today", "zh", "妈妈的手机：今天扣 550 卢布，还差 330 卢布"),
    ("lasts", "en", "Mum’s phone: money lasts until about 3 Jan"),
    ("lasts", "ru", "Мамин телефон: денег хватит примерно до 3 января"),
    ("lasts", "zh", "妈妈的手机：余额约够用到 1月3日"),
    ("silence", "en", "Mum’s phone: use it once before 10 Dec"),
    ("silence", "ru", "Мамин телефон: воспользуйтесь до 10 декабря"),
    ("silence", "zh", "妈妈的手机：12月10日前用一次"),
    ("date_only", "en", "Mum’s phone: to pay by 27 Nov"),
    ("date_only", "ru", "Мамин телефон: оплатить до 27 ноября"),
    ("date_only", "zh", "妈妈的手机：11月27日前缴费"),
    ("unknown", "en", "Mum’s phone: 550 ₽ on 27 Nov, balance not known"),
    ("unknown", "ru", "Мамин телефон: 27 ноября 550 ₽, баланс неизвестен"),
    ("unknown", "zh", "妈妈的手机：11月27日扣 550 卢布，余额未知"),
    ("covered", "en", "Mum’s phone: 550 ₽ on 27 Nov, covered"),
    ("covered", "ru", "Мамин телефон: 27 ноября 550 ₽, денег хватает"),
    ("covered", "zh", "妈妈的手机：11月27日扣 550 卢布，余额够"),
    ("passed", "en", "Mum’s phone: paid on 21 Nov?"),
    ("passed", "ru", "Мамин телефон: оплата за 21 ноября внесена?"),
    ("passed", "zh", "妈妈的手机：11月21日的费用交了吗？"),
    ("low", "en", "Mum’s phone: less than 100 ₽ is left"),
    ("falls", "en", "Mum’s phone: less than 100 ₽ from about 3 Jan"),
    ("falls", "ru", "Мамин телефон: меньше 100 ₽ примерно с 3 января"),
    ("falls", "zh", "妈妈的手机：约 1月3日起低于 100 卢布"),
    ("autopay", "ru", "Мамин телефон: автоплатёж 27 ноября"),
]


@pytest.mark.parametrize(("case", "language", "written"), TABLE)
def test_subject(case: str, language: str, written: str) -> None:
    """Each subject is word for word that of the design."""
    one = labelled(cases()[case], language)
    assert subject(Telling.of(one, head(language))).replace(NBSP, " ") == written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("label", ["x" * 200, "妈" * 200, "a\r\nBcc: b@example.org", '"<script>"'])
def test_subject_fits(language: str, label: str) -> None:
    """Whatever the name, a subject is one line of 50 signs at most, in Chinese 28."""
    longest = 28 if language == "zh" else 50
    for name, one in cases().items():
        named = replace(one, line=replace(one.line, label=label))
        found = subject(Telling.of(named, head(language)))
        assert len(found) <= longest, name
        assert found.isprintable() or found.replace(NBSP, " ").isprintable(), name


def test_digest() -> None:
    """A digest counts the lines; where nobody is needed, it says so."""
    assert digest_subject(Speech.of("en"), 3, covered=False) == "3 numbers need you"
    assert digest_subject(Speech.of("ru"), 3, covered=False) == "3 номера ждут вас"
    assert digest_subject(Speech.of("zh"), 3, covered=True) == "3 个号码余额够"
