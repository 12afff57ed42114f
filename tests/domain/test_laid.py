"""A text that knows its parts is a text."""

from __future__ import annotations

from reminder.domain.laid import Laid


def test_it_is_the_text_of_its_parts() -> None:
    """It equals what its parts come to, and keeps them; what is made of it is a plain text."""
    laid = Laid(["Dear ", "Mum", ""])
    assert laid == "Dear Mum"
    assert laid.parts == ["Dear ", "Mum", ""]
    assert hash(laid) == hash("Dear Mum")
    assert type(laid.strip()) is str
    assert type(laid + "!") is str
