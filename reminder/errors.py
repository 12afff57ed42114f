"""Every error this package raises, as one tree.

ReminderError
├── InvalidInput        the caller sent something no rule accepts
│   └── Unread          a text whose meaning is not certain; says what it may mean
├── NotFound            no such line, channel, reminder, delivery
├── Conflict            it changed underneath the caller, or does not fit what is there
│   └── Taken           a number or an address that is there already
├── NotAllowed          signed out, not yours, key revoked
├── TokenRefused        a link is forged, spent or expired
├── LimitReached        too many calls of one kind; says when to come again
├── ConfigError         config.toml or the environment is wrong: stops the start
├── StorageError        the database cannot be opened, or is not ours to open
└── TransportError      a channel did not take the message
    ├── Refused         it never will
    ├── Unreachable     it may later
    └── Throttled       it named a time

A message is a sentence to a person: it says what was wrong and what would be right, and holds no
secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class ReminderError(Exception):
    """The root: whatever this package raises on purpose."""

    code = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong field: its path as the caller wrote it (``renews_on``, ``balance/amount``, "" for
    the whole), and what would be right."""

    field: str
    detail: str
    code: str = "invalid"

    @property
    def name(self) -> str:
        """The field itself, where the path leads to a part of it."""
        return self.field.partition("/")[0]


def step(name: str) -> str:
    """A name as one step of a field's path (RFC 6901: / and ~ are written ~1 and ~0).

    >>> step("a/b~c")
    'a~1b~0c'
    """
    return name.replace("~", "~0").replace("/", "~1")


class InvalidInput(ReminderError):
    """The caller sent something no rule accepts; carries one :class:`Fault` a field."""

    code = "invalid_input"

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{f.field}: {f.detail}".removeprefix(": ") for f in faults))

    @classmethod
    def of(cls, field: str, detail: str, code: str = "invalid") -> InvalidInput:
        """Build the error for a single field."""
        return cls(Fault(field, detail, code))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text may say: a balance, and its civil date where the text names one."""

    amount: str
    currency: str
    on: date | None = None


class Unread(InvalidInput):
    """A text that is not read for certain. ``why`` is a stable word, ``meanings`` what it may
    say: the caller chooses one and sends it as the balance."""

    code = "unread"

    def __init__(self, detail: str, why: str, meanings: tuple[Meaning, ...] = ()) -> None:
        self.why = why
        self.meanings = meanings
        sums = ", ".join(f"{m.amount} {m.currency}" for m in meanings)
        super().__init__(Fault("text", f"{detail} ({sums})" if sums else detail))


class NotFound(ReminderError):
    """No such line, channel, reminder or delivery; another owner's counts as none."""

    code = "not_found"


class Conflict(ReminderError):
    """It changed underneath the caller, or stands there already."""

    code = "conflict"


class Taken(Conflict):
    """A number, or an address, stands there already; ``line`` is the id of the line that has it."""

    code = "taken"

    def __init__(self, detail: str, line: str | None = None) -> None:
        self.line = line
        super().__init__(detail)


class NotAllowed(ReminderError):
    """Not yours, or above what the key may. Who is not known at all (``signed_in`` false) is told
    so by a code of its own."""

    code = "not_allowed"
    unknown_code = "not_signed_in"

    def __init__(self, detail: str, *, signed_in: bool = False) -> None:
        self.signed_in = signed_in
        self.code = self.code if signed_in else self.unknown_code
        super().__init__(detail)


class TokenRefused(ReminderError):
    """A link is forged (``expired`` false) or too old or spent (``expired`` true)."""

    code = "token_refused"

    def __init__(self, detail: str, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__(detail)


class LimitReached(ReminderError):
    """Too many calls of one kind; ``retry_after`` says when the next is welcome."""

    code = "limit_reached"

    def __init__(self, detail: str, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class ConfigError(ReminderError):
    """config.toml or the environment is wrong; names the key; stops the start."""

    code = "config"


class StorageError(ReminderError):
    """The database cannot be opened: locked by another process, newer than we, or damaged."""

    code = "storage"


class About(StrEnum):
    """What of ours the other side refuses, when it is more than one message."""

    SIGN_IN = "sign-in"
    MAIL = "mail"


class TransportError(ReminderError):
    """A channel did not take the message. ``detail`` is ours, never the provider's raw answer.

    ``about`` names what of ours is refused, where it is not this message alone: the sign-in at the
    mail server, or mail from us as such.
    ``maybe_accepted`` is true when the message was handed over whole but no answer came, so that it
    may have been taken: the try's outcome is *unknown* and it is repeated under the same id.
    """

    code = "transport"

    def __init__(
        self,
        detail: str,
        *,
        answer: str = "",
        maybe_accepted: bool = False,
        about: About | None = None,
    ) -> None:
        self.answer = answer
        self.about = about
        self.maybe_accepted = maybe_accepted
        super().__init__(detail)


class Refused(TransportError):
    """It never will take it. ``channel_off``: the destination itself is gone (SMTP 5xx on the
    address, HTTP 410), not only this message."""

    code = "refused"

    def __init__(
        self,
        detail: str,
        *,
        answer: str = "",
        channel_off: bool = False,
        about: About | None = None,
    ) -> None:
        self.channel_off = channel_off
        super().__init__(detail, answer=answer, about=about)


class Unreachable(TransportError):
    """It may take it later: no connection, a time-out, an answer that asks for patience."""

    code = "unreachable"


class Throttled(TransportError):
    """It named the time to wait before the next try."""

    code = "throttled"

    def __init__(self, detail: str, retry_after: timedelta, *, answer: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(detail, answer=answer)
