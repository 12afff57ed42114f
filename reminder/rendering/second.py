"""What a second contact is told: whose reminder it is, which number, by when, how to help."""

from __future__ import annotations

from dataclasses import dataclass

from reminder.rendering.naming import fit, title_of
from reminder.rendering.sentences import heading, lateness
from reminder.rendering.telling import Telling
from reminder.rendering.ways import Ways, ways_of

_LONGEST_PERSON = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One number: its name with the number masked, why this comes late if it does, what is to be
    done, and how."""

    title: str
    late: str
    heading: str
    ways: Ways


@dataclass(frozen=True, slots=True)
class SecondLetter:
    """The whole word to somebody else, ready to print."""

    subject: str
    heading: str
    intro: str
    parts: tuple[Part, ...]
    why: str


def second(tellings: list[Telling], person: str) -> SecondLetter:
    """Make the word to a second contact, on behalf of ``person``."""
    say = tellings[0].speech.say
    fact = say("{person} does not get a reminder", person="")
    short = fit(person, fact, _LONGEST_PERSON + len(fact))
    return SecondLetter(
        subject=say("{person} does not get a reminder", person=short),
        heading=say("Please tell {person}", person=person),
        intro=say("None of their own channels took this reminder. Please let them know, or help."),
        parts=tuple(_part(this) for this in tellings),
        why=say(
            "You get this on behalf of {person}, who named you as second contact; "
            "you agreed to it.",
            person=person,
        ),
    )


def _part(this: Telling) -> Part:
    title = title_of(this.notice.line, this.operator, this.language)
    return Part(title, lateness(this), heading(this), ways_of(this))
