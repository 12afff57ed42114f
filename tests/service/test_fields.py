"""Promises of reminder/service/fields.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from reminder.domain.line import WhenCovered
from reminder.domain.money import Money
from reminder.errors import InvalidInput, step
from reminder.service.fields import Fields, pointer

Read = Callable[[Fields], object]
READS: dict[str, Read] = {
    "text": lambda f: f.text("x", 5),
    "blank": lambda f: f.text("x", 5, blank=True),
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
        ("blank", "  ", None),
        ("text", "👩‍👧", "👩‍👧"),
        ("text", "a\u3000b", "a\u3000b"),
        ("text", None, None),
        ("text", "妈妈", "妈妈"),
        ("lines", "a\nb\tc", "a\nb\tc"),
        ("money", "120.50", Money(12050, "RUB")),
        ("money", "-3", Money(-300, "RUB")),
        ("money", {"amount": "1", "currency": "RUB"}, Money(100, "RUB")),
        ("money", {"amount": "1"}, Money(100, "RUB")),
        ("day", "2026-12-01", date(2026, 12, 1)),
        ("choice", "never", WhenCovered.NEVER),
        ("number", 30, 30),
        ("number", 7.0, 7),
        ("number", None, None),
        ("flag", True, True),
        ("flag", False, False),
        ("flag", None, None),
        ("texts", ["a", "b", "a"][:2], ("a", "b")),
        ("texts", ["a", "a"], ("a", "a")),
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
        ("text", "  "),
        ("text", "a\nb"),
        ("text", "a\u202eb"),
        ("text", "a\u2028b"),
        ("text", "a\x00b"),
        ("lines", "a\x07b"),
        ("money", 120.5),
        ("money", "1.234"),
        ("money", "much"),
        ("money", ""),
        ("money", {}),
        ("money", {"amount": "5", "currency": 643}),
        ("money", {"amount": 5}),
        ("money", {"amount": "5", "currency": "USD"}),
        ("money", {"amount": "5", "currency": "ZZZ"}),
        ("money", {"amount": "5", "of": "x"}),
        ("money", ["5"]),
        ("day", "01.12.2026"),
        ("day", "2026-02-30"),
        ("day", 20261201),
        ("day", ""),
        ("day", "1999-12-31"),
        ("day", "2200-01-01"),
        ("choice", "sometimes"),
        ("choice", 1),
        ("choice", ""),
        ("number", 0),
        ("number", 31),
        ("number", True),
        ("number", 2.5),
        ("number", "7"),
        ("number", ""),
        ("number", float("inf")),
        ("number", "9" * 5000),
        ("flag", "perhaps"),
        ("flag", 1),
        ("flag", "1"),
        ("flag", "true"),
        ("flag", ""),
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
    assert [f.name for f in refused.value.faults] == ["x"]


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("money", {"amount": 5}, "x/amount"),
        ("money", {"amount": "5", "currency": "USD"}, "x/currency"),
        ("money", {"amount": "5", "a/b": "x"}, "x/a~1b"),
        ("texts", ["a", 1], "x/1"),
        ("leads", ["P7D", None], "x/1"),
    ],
)
def test_a_fault_points_into_what_was_sent(kind: str, value: object, field: str) -> None:
    """What is wrong inside a field is named by its place there."""
    fields = _fields(value)
    READS[kind](fields)
    with pytest.raises(InvalidInput) as refused:
        fields.check()
    assert [f.field for f in refused.value.faults] == [field]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("fee", "#/fee"),
        ("fee/amount", "#/fee/amount"),
        (step("a/b~"), "#/a~1b~0"),
        (step("a b"), "#/a%20b"),
        (step("имя"), "#/%D0%B8%D0%BC%D1%8F"),
        ("", "#"),
    ],
)
def test_pointers(field: str, found: str) -> None:
    """A field's path becomes a JSON pointer, escaped as RFC 6901 says."""
    assert pointer(field) == found


def test_of_one_field_the_first_fault_is_told() -> None:
    """One field has one fault, however much is wrong with it."""
    fields = _fields(["P7M", "-P1D", 5])
    fields.leads("x")
    fields.fault("x", "and more")
    with pytest.raises(InvalidInput) as refused:
        fields.check()
    assert len(refused.value.faults) == 1


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
