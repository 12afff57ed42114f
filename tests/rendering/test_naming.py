"""What a message calls a line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.rendering.naming import clean, fit, name_of, operator_name, shorten, title_of, within
from tests.rendering.notices import CATALOGUE, line

MTS = CATALOGUE.get("mts")


@given(st.text())
def test_clean_is_one_line(text: str) -> None:
    """No control sign, line end or mark of direction is left; cleaning twice changes nothing."""
    cleaned = clean(text)
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert "\u202e" not in cleaned
    assert clean(cleaned) == cleaned
    cleaned.encode()


@given(st.text(), st.integers(2, 60))
def test_shorten(text: str, longest: int) -> None:
    """A shortened text is never longer than asked for."""
    assert len(shorten(text, longest)) <= longest


def test_fit_leaves_six_signs() -> None:
    """However long the rest, something of the name is left."""
    assert fit("Grandmother", "x" * 60, 50) == "Grand…"
    assert fit("Mum", "x" * 60, 50) == "Mum"


def test_name() -> None:
    """A line without a name, or with its number for a name, is called by operator and digits."""
    assert name_of(line("  Mum "), MTS, "en") == "Mum"
    assert name_of(line(""), MTS, "ru") == "МТС …42"
    assert name_of(line("8 916 123-45-42"), MTS, "en") == "MTS …42"
    assert name_of(line(""), None, "en") == "…42"


def test_title() -> None:
    """Name, operator, and the number masked; an unknown operator is left out."""
    other = CATALOGUE.get("other")
    assert title_of(line("Mum"), MTS, "en") == "Mum, MTS, +7\u00a0916\u00a0•••\u00a0••\u00a042"
    assert title_of(line("妈妈"), MTS, "zh") == "妈妈，MTS，+7\u00a0916\u00a0***\u00a0**\u00a042"
    assert "perator" not in title_of(line("Mum"), other, "en")
    assert operator_name(other, "en") == ""


@given(text=st.text(max_size=80), longest=st.integers(1, 60))
def test_cut_texts_stay_within(text: str, longest: int) -> None:
    """A cut text is within its measure, begins as the text does, and ends with an ellipsis."""
    for cut, size in (
        (shorten(text, longest), len),
        (within(text, longest), lambda said: len(said.encode("utf-16-le", "replace")) // 2),
    ):
        assert size(cut) <= longest
        assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@pytest.mark.parametrize("family", ["👩‍👧‍👦", "é", "👍🏽"])
def test_no_sign_is_cut_apart(family: str) -> None:
    """What is shown as one sign is kept whole or left out whole."""
    for longest in range(2, 20):
        kept = shorten(family * 20, longest).removesuffix("…")
        assert kept == family * (len(kept) // len(family))
