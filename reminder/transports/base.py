"""What every transport promises: one message to one target, and an honest word on how it ended."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Protocol, TypeVar

from reminder.domain.delivery import EmailTarget, Message, Receipt, WebhookTarget
from reminder.errors import Unreachable

T_contra = TypeVar("T_contra", EmailTarget, WebhookTarget, contravariant=True)
EXCERPT_LENGTH = 200
_holds: ContextVar[Callable[[], bool]] = ContextVar("_holds", default=lambda: True)


class Transport(Protocol[T_contra]):
    """The port through which messages leave; safe to call many times at once."""

    async def send(self, message: Message, target: T_contra, now: datetime) -> Receipt:
        """Hand ``message`` over once, within the lane's deadline; nothing is tried again here.

        Returns a receipt only when the other side has said yes. Raises :class:`Refused` (it never
        will), :class:`Throttled` (it named a time) or :class:`Unreachable` (it may later; with
        ``maybe_accepted`` when the message was handed over and no answer came).
        """
        ...

    async def close(self) -> None:
        """Let go of every kept connection; the transport is not used afterwards."""
        ...


@cache
def system_trust() -> ssl.SSLContext:
    """The certificates that this machine trusts, read once a process: it takes 27 ms each time."""
    return ssl.create_default_context()


def only_while(holds: Callable[[], bool]) -> None:
    """In this task nothing is begun to be handed over once ``holds`` says no."""
    _holds.set(holds)


def demand_lease() -> None:
    """Called right before anything leaves: raise :class:`Unreachable` when the try has lasted too
    long for that. A process that was frozen may wake after another has taken its delivery."""
    if not _holds.get()():
        raise Unreachable("this process stood still too long: nothing was sent")


def excerpt(text: str) -> str:
    r"""The first signs of a foreign answer on one line, with nothing unprintable in it.

    >>> excerpt("5.1.1 no\r\nsuch \x1b[31muser")
    '5.1.1 no such ?[31muser'
    """
    line = " ".join(text[: 2 * EXCERPT_LENGTH].split())
    return "".join(sign if sign.isprintable() else "?" for sign in line)[:EXCERPT_LENGTH]
