"""The words around a mail."""

from __future__ import annotations

from reminder.rendering.frame import Around, frame, sites_of, why_reminded
from reminder.rendering.telling import Telling
from reminder.rendering.translation import Speech
from reminder.rendering.ways import ways_of
from tests.rendering.notices import cases, head


def test_safety_names_every_host() -> None:
    """The safety sentence names our host and each host that links lead to."""
    around = Around("s", "p", "w", ("mts.ru", "t2.ru"), reminds=True)
    safety = frame(head("en"), Speech.of("en"), around).safety
    assert safety.startswith("This message only reminds. We never ask for a code")
    assert safety.endswith("Links lead only to reminder.example.org, mts.ru and t2.ru.")


def test_letter_does_not_say_that_it_reminds() -> None:
    """What is no reminder does not call itself one."""
    safety = frame(head("zh"), Speech.of("zh"), Around("s", "p", "w")).safety
    assert safety.endswith("链接只指向 reminder.example.org。")
    assert "提醒" not in safety


def test_why() -> None:
    """One line is named, several are not; each host stands once."""
    tellings = [Telling.of(one, head("en")) for one in list(cases().values())[:2]]
    assert why_reminded(tellings) == "You get this because you added Mum’s phone to Reminder."
    assert sites_of([ways_of(this) for this in tellings]) == ("mts.ru",)
