"""Messages that are about no line: a test, a confirmation, a sign-in link, a word on a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reminder.rendering.naming import fit
from reminder.rendering.translation import Speech

_LONGEST_NAME = 40
_STOPPED = frozenset({"link", "not_mine"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. ``button`` and ``url`` are one link, both empty where there is none."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    why: str
    button: str = ""
    url: str = ""


def test(speech: Speech) -> Letter:
    """A channel works: here is the proof."""
    say = speech.say
    return Letter(
        subject=say("A test message from Reminder"),
        heading=say("This channel works"),
        paragraphs=(say("This is how reminders will reach you. There is nothing to do."),),
        why=say("You get this because a test was asked for in Reminder."),
    )


def heartbeat(speech: Speech, counts: Mapping[str, int] | None = None) -> Letter:
    """The service runs, and reaches this channel; what it did in the last month, where it is
    known: ``lines``, ``sent``, ``dead`` and ``missing``."""
    say = speech.say
    words = [say("This message comes as long as all is well. There is nothing to do.")]
    if counts:
        words.append(
            say(
                "In the last month: numbers watched {lines}, reminders sent {sent}, not taken by "
                "a channel {dead}, missing at the nightly check {missing}.",
                **counts,
            )
        )
    return Letter(
        subject=say("Reminder is running"),
        heading=say("Reminder is running"),
        paragraphs=tuple(words),
        why=say("You get this because a sign of life was asked for in Reminder."),
    )


def confirmation(speech: Speech, url: str, for_whom: str = "") -> Letter:
    """Ask whether this address may get reminders; ``for_whom``: as the second contact of that
    person."""
    if for_whom:
        return _second_confirmation(speech, url, for_whom)
    say = speech.say
    return Letter(
        subject=say("May Reminder write to this address?"),
        heading=say("May Reminder write to this address?"),
        paragraphs=(
            say("Somebody entered this address to get reminders about telephone numbers."),
            say(
                "If it was you, open the page below and say yes. "
                "If not, do nothing: nothing else will come."
            ),
        ),
        why=say("You get this once, because this address was entered in Reminder."),
        button=say("Yes, write to me here"),
        url=url,
    )


def _second_confirmation(speech: Speech, url: str, for_whom: str) -> Letter:
    say = speech.say
    return Letter(
        subject=say("May Reminder write to you for somebody else?"),
        heading=say("{person} names you as second contact", person=for_whom),
        paragraphs=(
            say(
                "{person} gets reminders about telephone numbers. When none of their own channels "
                "takes one, it would come to you, so that you can tell them.",
                person=for_whom,
            ),
            say(
                "If you agree, open the page below and say yes. "
                "If not, do nothing: nothing else will come."
            ),
        ),
        why=say("You get this once, because this address was entered in Reminder."),
        button=say("Yes, write to me here"),
        url=url,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """When a link was asked for, as its reader writes it, and what the browser calls itself."""

    moment: str
    device: str

    def told(self, speech: Speech) -> str:
        """The sentence by which a reader knows their own doing."""
        if not self.device:
            return speech.say("It was asked for on {moment}.", moment=self.moment)
        return speech.say(
            "It was asked for on {moment}, with {device}.", moment=self.moment, device=self.device
        )


def sign_in(speech: Speech, url: str, asked: Asked) -> Letter:
    """The way in, for once and a short time."""
    say = speech.say
    return Letter(
        subject=say("Your link to sign in to Reminder"),
        heading=say("Sign in to Reminder"),
        paragraphs=(
            say(
                "The link below works once, for 15 minutes. Open it on the device that you want "
                "to sign in on."
            ),
            asked.told(speech),
            say("If you did not ask for it, do nothing: nobody gets in without this link."),
        ),
        why=say("You get this because a link was asked for with this address."),
        button=say("Sign in"),
        url=url,
    )


def sign_up(speech: Speech, url: str, asked: Asked) -> Letter:
    """The way in for who has no account yet."""
    say = speech.say
    return Letter(
        subject=say("Your link to begin with Reminder"),
        heading=say("Begin with Reminder"),
        paragraphs=(
            say("Nobody uses this address here yet. The link below opens a page where you begin."),
            say("It works once, for 15 minutes."),
            asked.told(speech),
            say("If you did not ask for it, do nothing: nothing is kept of this address."),
        ),
        why=say("You get this because a link was asked for with this address."),
        button=say("Begin"),
        url=url,
    )


def erase(speech: Speech, url: str, asked: Asked) -> Letter:
    """The last step before an account is gone."""
    say = speech.say
    return Letter(
        subject=say("Erase your account at Reminder?"),
        heading=say("Erase your account?"),
        paragraphs=(
            say(
                "The link below opens a page with one button. It erases your numbers, channels "
                "and messages for good; it works once, for 15 minutes."
            ),
            asked.told(speech),
            say(
                "If you did not ask for it, do nothing: all stays as it is. Then sign out "
                "everywhere, under Settings."
            ),
        ),
        why=say("You get this because it was asked for in your account."),
        button=say("See what is erased"),
        url=url,
    )


def failing(speech: Speech, name: str, url: str, why: str = "") -> Letter:
    """A channel gets no messages any more: it was stopped by a link (``why`` is ``link`` or
    ``not_mine``), or does not take them."""
    say = speech.say
    if why in _STOPPED:
        return _stopped(speech, name, url)
    fact = say("{channel} does not take our messages", channel="")
    short = fit(name, fact, _LONGEST_NAME + len(fact))
    stopped = say("We tried several times and have stopped.")
    if why == "gone":
        stopped = say("It answered that nobody is there any more, so we have stopped.")
    elif why == "failed":
        stopped = say("Nothing arrived there for five days, so we have stopped.")
    return Letter(
        subject=say("{channel} does not take our messages", channel=short),
        heading=say("{channel} does not take our messages", channel=name),
        paragraphs=(
            stopped,
            say("Reminders go to your other channels."),
            say("When it works again, switch it on under Channels."),
        ),
        why=say("You get this because reminders may not reach you."),
        button=say("See the channels"),
        url=url,
    )


def _stopped(speech: Speech, name: str, url: str) -> Letter:
    say = speech.say
    fact = say("{channel} was stopped", channel="")
    short = fit(name, fact, _LONGEST_NAME + len(fact))
    return Letter(
        subject=say("{channel} was stopped", channel=short),
        heading=say("{channel} was stopped", channel=name),
        paragraphs=(
            say("Somebody who got a message there asked for no more."),
            say("Reminders go to your other channels."),
            say("If that was a mistake, resume it under Channels."),
        ),
        why=say("You get this because reminders may not reach you."),
        button=say("See the channels"),
        url=url,
    )
