"""How answers leave."""

from __future__ import annotations

import json

from reminder.api import accounts, answers, schemas


def test_answers_are_not_cached() -> None:
    """No answer that needs a token is kept by a browser or proxy, nor read as another type."""
    for answer in (answers.shown(accounts.Sent(id="x")), answers.listed([], None), answers.empty()):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_a_kind_does_not_have_is_left_out() -> None:
    """Null is said or left out, as asked."""
    planned = schemas.Lines(items=[], next=None)
    assert json.loads(bytes(answers.shown(planned).body)) == {"items": [], "next": None}
    assert answers.content(planned, without_none=True) == {"items": []}
