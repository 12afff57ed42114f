"""Promises about reading a TOML table."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date

import pytest

from reminder.catalogue.fact import Text
from reminder.catalogue.table import Table
from reminder.domain.routes import Pay, Place
from reminder.errors import ConfigError


def table(text: str) -> Table:
    """A table as if read from ``x.toml`` of operator ``x``."""
    return Table(tomllib.loads(text), "x.toml", "x")


@pytest.mark.parametrize(
    ("text", "read", "fault"),
    [
        ("a = 1", lambda t: t.string("a"), "a: must be text in quotes, not empty"),
        ("a = ' '", lambda t: t.string("a"), "a: must be text in quotes, not empty"),
        ("", lambda t: t.string("a"), "a: must be text in quotes, not empty"),
        ("a = 1", lambda t: t.optional("a"), "a: must be text in quotes"),
        ("a = 'b'", lambda t: t.strings("a"), "a: must be a list of texts"),
        ("a = ['b', 1]", lambda t: t.strings("a"), "a: must be a list of texts"),
        ("a = true", lambda t: t.number("a"), "a: must be a whole number"),
        ("a = -1", lambda t: t.number("a"), "a: must be a whole number"),
        ("a = 1", lambda t: t.flag("a"), "a: must be true or false"),
        ("a = '2026-11-22'", lambda t: t.day("a"), "a: must be a date without quotes"),
        ("a = 2026-11-22T10:00:00Z", lambda t: t.day("a"), "a: must be a date without quotes"),
        ("a = 'moon'", lambda t: t.choice("a", Place), "a: must be one of home, abroad"),
        ("a = 1", lambda t: t.choice("a", Place), "a: must be one of home, abroad"),
        ("a = []", lambda t: t.choices("a", Place), "a: must name at least one of home, abroad"),
        ("a = 1", lambda t: t.table("a"), "a: must be a table"),
        ("a.zh = '一'\na.ru = 'один'", lambda t: t.text("a"), "a.en: must be text in quotes"),
        (
            "a.zh = ['一']\na.ru = ['раз', 'два']\na.en = ['one']",
            lambda t: t.texts("a"),
            "a: must have as many entries in zh as in ru and in en",
        ),
        ("pagse = 1", lambda t: t.allow(["pages"]), "pagse: this key is not known; did you mean"),
        ("x = 1", lambda t: t.allow(["b", "a"]), "x: this key is not known; known are a, b"),
    ],
)
def test_names_what_is_wrong(text: str, read: Callable[[Table], object], fault: str) -> None:
    """A fault names the file, the operator and the field, and says what would be right."""
    with pytest.raises(ConfigError) as refused:
        read(table(text))
    assert str(refused.value).startswith(f"x.toml: operator x: {fault}")


def test_reads_what_is_right() -> None:
    """Every kind of value comes out as written."""
    text = "s = 'a'\nn = 0\nf = true\nd = 2026-11-22\np = 'ru'\nw = ['bank', 'cash']\n"
    words = "t.zh = '一'\nt.ru = 'один'\nt.en = 'one'\n"
    read = table(text + words)
    assert (read.string("s"), read.number("n"), read.flag("f")) == ("a", 0, True)
    assert (read.day("d"), read.choice("p", Place)) == (date(2026, 11, 22), Place.HOME)
    assert read.choices("w", Pay) == {Pay.BANK, Pay.CASH}
    assert read.text("t") == Text("一", "один", "one")


def test_what_is_missing_is_missing() -> None:
    """A value that is not there is empty or nothing, never a guess."""
    empty = table("")
    assert (empty.optional("a"), empty.strings("a"), empty.number("a")) == ("", (), None)
    assert not empty.flag("a")
    assert empty.optional_text("a") is None
    assert empty.table("a").tables() == []
