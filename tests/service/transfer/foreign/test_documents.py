"""Promises of reminder/service/transfer/foreign/documents.py."""

from __future__ import annotations

import json

import pytest

from reminder.errors import InvalidInput
from reminder.service.transfer.foreign.documents import (
    LARGEST_DOCUMENT,
    is_document,
    records_of,
)


@pytest.mark.parametrize(
    ("first", "is_one"),
    [
        ('[{"number": "1"}]', True),
        ("[\n", True),
        ("{\n", True),
        ('{"success":true,"subscriptions":[]}', True),
        ('{"kind":"renewlet-export","data":{"subscriptions":[]}}', True),
        ('{"number": "+79161234567"}\n', False),
        ('{"number": "+7916', False),
        ("number,label\n", False),
    ],
)
def test_a_document_is_told_from_an_object_a_line(first: str, *, is_one: bool) -> None:
    """By its first line alone."""
    assert is_document(first) is is_one


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "[{]", "[" * 100_000, '["x"'])
def test_what_is_no_list_of_records_is_refused(text: str) -> None:
    """One sentence; depth and rubbish break nothing."""
    with pytest.raises(InvalidInput, match="This JSON is"):
        records_of(text)


def test_a_document_has_a_bound() -> None:
    """It is held in memory whole, so it may not be as large as a file of rows."""
    with pytest.raises(InvalidInput, match="8 MB at most"):
        records_of(json.dumps(["x" * LARGEST_DOCUMENT]))
