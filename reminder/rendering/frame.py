"""The words around the reminders of a mail: safety, why it came, how to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reminder.rendering.letterhead import Letterhead
from reminder.rendering.telling import Telling
from reminder.rendering.translation import Speech
from reminder.rendering.ways import Ways

SERVICE = "Reminder"


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything of a mail that is not about one line, ready to print."""

    language: str
    service: str
    subject: str
    preview: str
    opens: str
    safety: str
    why: str
    safety_words: str
    safety_url: str
    unsubscribe_words: str
    unsubscribe_url: str
    not_mine_words: str
    not_mine_url: str
    board_words: str
    board_url: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the words around depend on: subject, first words, why it came, hosts outside ours."""

    subject: str
    preview: str
    why: str
    sites: tuple[str, ...] = ()
    reminds: bool = False


def frame(head: Letterhead, speech: Speech, around: Around) -> Frame:
    """Make the words around a mail."""
    steady = _steady(speech, head.host, around.sites, reminds=around.reminds)
    return Frame(
        language="zh-Hans" if speech.language == "zh" else speech.language,
        service=SERVICE,
        subject=around.subject,
        preview=around.preview,
        opens=steady.opens,
        safety=steady.safety,
        why=around.why,
        safety_words=steady.safety_words,
        safety_url=head.safety_url,
        unsubscribe_words=steady.unsubscribe_words,
        unsubscribe_url=head.unsubscribe_url,
        not_mine_words=steady.not_mine_words,
        not_mine_url=head.not_mine_url if around.reminds else "",
        board_words=speech.say("The numbers you watch") if head.watched else steady.board_words,
        board_url=head.board_url,
    )


@dataclass(frozen=True, slots=True)
class _Steady:
    """Words that are the same for every mail in a language whose links lead to the same hosts."""

    opens: str
    safety: str
    safety_words: str
    unsubscribe_words: str
    not_mine_words: str
    board_words: str


@lru_cache(maxsize=1024)
def _steady(speech: Speech, host: str, sites: tuple[str, ...], *, reminds: bool) -> _Steady:
    say = speech.say
    return _Steady(
        opens=say(
            "These open {host}. Opening a page changes nothing: you confirm there.", host=host
        ),
        safety=_safety(speech, [host, *sites], reminds=reminds),
        safety_words=say("How to tell our messages are real"),
        unsubscribe_words=say("Unsubscribe from all email"),
        not_mine_words=say("This is not my number"),
        board_words=say("All your numbers"),
    )


def _safety(speech: Speech, hosts: list[str], *, reminds: bool) -> str:
    say = speech.say
    first = say("This message only reminds.") if reminds else ""
    never = say(
        "We never ask for a code from a text message, a password or a card number, "
        "and we never phone."
    )
    leads = safety_hosts(speech, hosts)
    return ("" if speech.language == "zh" else " ").join(
        part for part in (first, never, leads) if part
    )


def safety_hosts(speech: Speech, hosts: list[str]) -> str:
    """The sentence that names every host that links lead to."""
    comma = "、" if speech.language == "zh" else ", "
    return speech.say("Links lead only to {hosts}.", hosts=_and(speech, comma, hosts))


def _and(speech: Speech, comma: str, hosts: list[str]) -> str:
    if len(hosts) == 1:
        return hosts[0]
    rest, last = comma.join(hosts[:-1]), hosts[-1]
    return speech.say("{rest} and {last}", rest=rest, last=last)


def why_reminded(tellings: Sequence[Telling]) -> str:
    """Why this message came: the owner added the number, or several."""
    first = tellings[0]
    if len(first.head.watched) > 1:
        return first.speech.say(
            "You get this because you watch numbers of several people; your settings end it."
        )
    if first.whose:
        return first.speech.say(
            "You get this because you watch numbers of {owner}; your settings end it.",
            owner=first.whose,
        )
    if len({this.notice.line.id for this in tellings}) > 1:
        return first.speech.say("You get this because you added these numbers to Reminder.")
    say = first.speech.say
    return say("You get this because you added {name} to Reminder.", name=first.name)


def sites_of(ways: list[Ways]) -> tuple[str, ...]:
    """The hosts outside ours that any of the links lead to, each once, in order."""
    return tuple(dict.fromkeys(site for one in ways for site in one.site))
