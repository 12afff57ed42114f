"""What a mail server's reply means, and a connection to it that was lost, by the step that each
belongs to."""

from __future__ import annotations

import re
import ssl
from enum import StrEnum

from reminder.errors import About, Refused, TransportError, Unreachable
from reminder.transports.base import excerpt

# Replies by their class (RFC 5321, 4.2.1) and those with a meaning of their own.
YES, LATER, NEVER = range(200, 300), range(400, 500), range(500, 600)
GRANTED, START_MAIL, CLOSING = range(250, 252), range(354, 355), 421
_STORAGE_EXCEEDED = 552
_WANTS_SIGN_IN = frozenset({530, 534, 535, 538})
_ENHANCED = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")


class Phase(StrEnum):
    """The step that a session stands in."""

    CONNECT = "connect"
    HELLO = "hello"
    STARTTLS = "starttls"
    SIGN_IN = "sign-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    TEXT = "text"
    DONE = "done"


def lost(phase: Phase, error: Exception) -> Unreachable:
    """Name a connection that failed or fell silent."""
    if phase is Phase.TEXT:
        detail = "the mail was handed over, but the server gave no answer"
        return Unreachable(detail, maybe_accepted=True)
    if any(isinstance(cause, ssl.SSLError) for cause in (error, error.__cause__)):
        return Unreachable("the mail server's certificate is not trusted for its name")
    if phase is Phase.CONNECT:
        return Unreachable("no connection to the mail server")
    return Unreachable(f"the connection to the mail server was lost (step: {phase})")


def refusal(phase: Phase, code: int, text: str) -> TransportError:
    """Name a reply that says no, by its phase and its class (RFC 5321 4.2, RFC 3463)."""
    if code not in LATER and code not in NEVER:
        detail = f"the mail server gave a senseless answer (step: {phase})"
        return Unreachable(detail, maybe_accepted=phase is Phase.TEXT)
    answer = f"{code} {excerpt(text)}"
    if code in LATER or phase in {Phase.CONNECT, Phase.HELLO, Phase.STARTTLS}:
        return Unreachable(f"the mail server asks for patience (step: {phase})", answer=answer)
    if code in _WANTS_SIGN_IN or phase is Phase.SIGN_IN:
        detail = "the mail server does not accept our name and password; see email.url"
        return Unreachable(detail, answer=answer, about=About.SIGN_IN)
    if phase is Phase.RECIPIENT:
        return _recipient_refused(code, text, answer)
    detail = f"the mail server refuses this mail (step: {phase})"
    return Refused(detail, answer=answer, about=About.MAIL)


def _recipient_refused(code: int, text: str, answer: str) -> TransportError:
    """A 5xx on the address: a full mailbox empties, a policy (x.7.x) is about us, else it ends."""
    enhanced = _ENHANCED.match(text)
    subject, detail = enhanced.groups() if enhanced else ("", "")
    if code == _STORAGE_EXCEEDED or (subject, detail) == ("2", "2"):
        return Unreachable("the mailbox is full", answer=answer)
    if subject == "7":
        return Refused("the mail server may not send to this address", answer=answer)
    return Refused("there is no such mailbox", answer=answer, channel_off=True)
