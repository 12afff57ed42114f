"""Plain text is broken into lines of 78 columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reminder.rendering.wrapping import _NARROW, COLUMNS, _columns, columns, wrap

signs = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])


@given(st.text(st.one_of(signs, st.sampled_from(" 号，。（）a")), max_size=400))
def test_no_long_line(text: str) -> None:
    """No line is longer than 78 columns, and nothing but spaces and line ends changes."""
    wrapped = wrap(text)
    if "://" not in text:
        assert all(columns(line) <= COLUMNS for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(text.split())


def test_address_is_never_broken() -> None:
    """A line with an address stays whole."""
    address = "https://example.org/" + "a" * 100
    assert wrap(address) == address


def test_chinese_marks_do_not_begin_a_line() -> None:
    """A mark that closes stays with what is before it."""
    assert not any(line[0] in "，。）" for line in wrap("号码，余额。（充值）" * 30).split("\n"))


def test_apostrophe_stays_in_its_word() -> None:
    """A word is not broken at its apostrophe."""
    words = wrap("operator’s " * 40).split()
    assert set(words) == {"operator’s"}


def test_what_counts_as_narrow_is() -> None:
    """Every sign that is taken for narrow without a look takes one column."""
    found = [chr(code) for code in range(0x10000) if _NARROW.fullmatch(chr(code))]
    assert len(found) > 900
    assert {_columns(sign) for sign in found} == {1}
