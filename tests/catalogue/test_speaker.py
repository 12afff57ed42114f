"""Operators as JSON."""

from __future__ import annotations

import json
from datetime import date

import pytest

from reminder.catalogue.loading import load
from reminder.catalogue.speaker import Speaker


@pytest.mark.parametrize("language", ["zh", "ru", "en"])
def test_every_operator_can_be_said(language: str) -> None:
    """Each operator of the catalogue becomes JSON in each language, names in all three."""
    speaker = Speaker(language, date(2026, 11, 22))
    for operator in load().all():
        said = speaker.whole(operator)
        assert json.loads(json.dumps(said)) == said
        assert said["name"] == operator.names.in_(language)
        assert set(speaker.brief(operator)) <= set(said)


def test_old_facts_are_stale() -> None:
    """A fact that nobody checked for half a year says so."""
    operator = load().get("mts")
    now = Speaker("en", date(2026, 11, 22)).whole(operator)["official"]
    later = Speaker("en", date(2028, 11, 22)).whole(operator)["official"]
    assert isinstance(now, dict)
    assert isinstance(later, dict)
    assert later["stale"] is True
    assert now["url"] == later["url"]
