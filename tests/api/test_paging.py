"""Cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.api.paging import page, unpack
from reminder.errors import InvalidInput


@given(st.lists(st.text("abc", min_size=1), unique=True), st.integers(1, 9))
def test_pages_are_the_list(items: list[str], limit: int) -> None:
    """Following the cursors yields the whole list, in order."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        chosen, cursor = page(items, str, limit, cursor)
        seen += chosen
        if cursor is None:
            break
    assert seen == items


def test_a_vanished_item_loses_no_other() -> None:
    """When the last item seen is gone, the next page goes on from its place."""
    _, cursor = page(["a", "b", "c", "d"], str, 2, None)
    chosen, _ = page(["a", "c", "d"], str, 2, cursor)
    assert chosen == ["d"]
    chosen, _ = page(["b", "c", "d"], str, 2, cursor)
    assert chosen == ["c", "d"]


@pytest.mark.parametrize("cursor", ["%", "a", "_w", "YWJj\n"])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    """What was not made here is refused."""
    with pytest.raises(InvalidInput):
        page(["a", "b"], str, 1, cursor)


def test_unpack_reads_ascii_only() -> None:
    """A cursor holds ASCII."""
    with pytest.raises(InvalidInput):
        unpack("/w==")
