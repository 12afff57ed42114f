"""What somebody else is told holds what is needed, and no more."""

from __future__ import annotations

import html
import json
from dataclasses import replace

import pytest

from reminder.domain.ids import LineId, ReminderId
from reminder.rendering import messages
from reminder.rendering.second import second
from reminder.rendering.sentences import heading, lateness
from reminder.rendering.telling import Telling
from tests.rendering.notices import LANGUAGES, cases, head, labelled

WHO = "anna@example.org"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", sorted(cases()))
def test_it_says_for_whom_and_hides_the_rest(language: str, case: str) -> None:
    """In every language and case: on whose behalf, how to stop it; no whole number, no balance of
    the owner's, no link that acts for them."""
    one = labelled(cases()[case], language)
    made = messages.second_message(head(language, one), [one], WHO)
    said = f"{made.subject}\n{made.text}\n{made.html}\n{made.payload.decode()}"
    assert WHO in made.text
    assert WHO in made.html
    assert made.unsubscribe_url in made.text
    assert one.line.number not in said
    assert one.line.number[-7:] not in said
    for verb in ("topped-up", "renewed", "used", "balance", "acknowledge", "snooze", "stop"):
        assert f"/a/{verb}/" not in said
    assert "balance" not in json.loads(made.payload)["data"]["reminders"][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["late", "down", "short"])
def test_it_says_where_it_comes_late(language: str, case: str) -> None:
    """Who is told days after the moment reads so, in text and HTML, before what is to be done."""
    one = labelled(cases()[case], language)
    frame = head(language, one)
    made, why = messages.second_message(frame, [one], WHO), lateness(Telling.of(one, frame))
    assert bool(why) == one.late
    for said in (made.text, html.unescape(made.html)):
        assert why in said
        assert said.index(why or WHO) < said.index(heading(Telling.of(one, frame)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_numbers_are_one_message(language: str) -> None:
    """Each number has its part, in the order given; the subject names the person, cut to fit."""
    one = labelled(cases()["short"], language)
    other = replace(one, id=ReminderId("rem_2"), line=replace(one.line, id=LineId("lin_2")))
    frame = head(language, one, other)
    made = second([Telling.of(n, frame) for n in (one, other)], "x" * 300)
    assert len(made.parts) == 2
    assert len(made.subject) < 90
    assert "x" * 300 in made.heading
