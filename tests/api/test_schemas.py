"""The shapes of answers, in all modules that hold some."""

from __future__ import annotations

from datetime import UTC, datetime

from reminder.api import accounts, reports, schemas
from reminder.service.people import Scope

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_instants_are_rfc_3339_in_utc() -> None:
    """An instant leaves as RFC 3339 with a Z."""
    token = accounts.Token(id="tok_x", name="x", scope=Scope.READ, created_at=NOW)
    assert token.model_dump(mode="json")["created_at"] == "2026-11-22T09:30:00Z"


def test_secrets_have_no_place_but_their_own() -> None:
    """Only a new channel and a new token can carry a secret at all."""
    modules = (accounts, reports, schemas)
    shapes = (s for m in modules for s in vars(m).values() if isinstance(s, type))
    answers = [s for s in shapes if issubclass(s, schemas.Answered)]
    holding = {s.__name__ for s in answers if {"secret", "token"} & set(s.model_fields)}
    assert holding == {"Channel", "Token"}
