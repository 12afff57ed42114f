"""Promises of reminder/service/fields.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from reminder.domain.line import WhenCovered
from reminder.domain.money import Money
from reminder.errors import InvalidInput
from reminder.service.fields import Fields

Read = Callable[[Fields], object]
READS: dict[str, Read] = {
    "text": lambda f: f.text("x", 5),
    "lines": lambda f: f.text("x", 9, lines=True),
    "money": lambda f: f.money("x", "RUB"),
    "day": lambda f: f.day("x"),
    "choice": lambda f: f.choice("x", WhenCovered),
    "number": lambda f: f.number("x", 1, 30),
    "flag": lambda f: f.flag("x"),
    "texts": lambda f: f.texts("x", 2),
    "leads": lambda f: f.leads("x"),
}


def _fields(value: object) -> Fields:
    return Fields({"x": value}, frozenset({"x"}))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " Mum ", "Mum"),
        ("text", "  ", None),
        ("text", None, None),
        ("text", "妈妈", "妈妈"),
        ("lines", "a\nb", "a\nb"),
        ("money", "120.50", Money(12050, "RUB")),
        ("money", "-3", Money(-300, "RUB")),
        ("money", {"amount": "1", "currency": "RUB"}, Money(100, "RUB")),
        ("money", {"amount": "1"}, Money(100, "RUB")),
        ("money", "", None),
        ("day", "2026-12-01", date(2026, 12, 1)),
        ("choice", "never", WhenCovered.NEVER),
        ("number", 30, 30),
        ("number", " 7 ", 7),
        ("number", None, None),
        ("flag", True, True),
        ("flag", "on", True),
        ("flag", "", False),
        ("flag", None, None),
        ("texts", ["a", "b", "a"][:2], ("a", "b")),
        ("texts", ["a", "a"], ("a",)),
        ("texts", [], ()),
        ("leads", ["P1D", "P7D", "P1D"], (7, 1)),
    ],
)
def test_what_is_read(kind: str, value: object, expected: object) -> None:
    """What a person may write is read as they mean it."""
    fields = _fields(value)
    assert READS[kind](fields) == expected
    fields.check()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("text", "longer"),
        ("text", "a\nb"),
        ("text", "a\x00b"),
        ("lines", "a\x07b"),
        ("money", 120.5),
        ("money", "1.234"),
        ("money", "much"),
        ("money", {"amount": 5}),
        ("money", {"amount": "5", "currency": "USD"}),
        ("money", {"amount": "5", "currency": "ZZZ"}),
        ("money", {"amount": "5", "of": "x"}),
        ("money", ["5"]),
        ("day", "01.12.2026"),
        ("day", "2026-02-30"),
        ("day", 20261201),
        ("choice", "sometimes"),
        ("choice", 1),
        ("number", 0),
        ("number", 31),
        ("number", True),
        ("number", 2.5),
        ("number", "many"),
        ("number", "9" * 5000),
        ("flag", "perhaps"),
        ("flag", 1),
        ("flag", []),
        ("flag", {}),
        ("texts", "a"),
        ("texts", [1]),
        ("texts", ["a", "b", "c"]),
        ("texts", {"a": "b"}),
        ("leads", []),
        ("leads", ["P7M"]),
        ("leads", ["-P1D"]),
        ("leads", ["P1D"] * 21),
    ],
)
def test_what_is_refused_names_the_field(kind: str, value: object) -> None:
    """What cannot be meant is a fault of that field, never a crash."""
    fields = _fields(value)
    READS[kind](fields)
    with pytest.raises(InvalidInput) as refused:
        fields.check()
    assert {f.field for f in refused.value.faults} == {"x"}


def test_every_fault_is_collected() -> None:
    """All that is wrong is said at once, an unknown field too."""
    fields = Fields({"a": 1, "b": 2, "c": 3}, frozenset({"a", "b"}))
    assert (fields.text("a"), fields.text("b")) == (None, None)
    with pytest.raises(InvalidInput) as refused:
        fields.check()
    assert [(f.field, f.code) for f in refused.value.faults] == [
        ("c", "unknown"),
        ("a", "invalid"),
        ("b", "invalid"),
    ]


def test_given_null_and_not_given() -> None:
    """A field that is null was given; one that is absent was not."""
    fields = Fields({"a": None, "b": ""}, frozenset("abc"))
    assert [name in fields for name in "abc"] == [True, True, False]
    assert [fields.is_null(name) for name in "abc"] == [True, False, False]
