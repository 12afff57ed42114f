"""Points of the work at which a test makes this process die or stand still, each by its name.

Inert: a point does nothing unless the environment names it in ``REMINDER_CRASH_AT``, as no
installation does. ``claimed`` kills there without a word, as a power cut would; ``claimed=STOP``
sends another signal. It acts once, so that whoever is woken goes on.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum

WISH = "REMINDER_CRASH_AT"


class Point(StrEnum):
    """Where a crash can be asked for, in the order of the work."""

    PLANNED = "planned"  # what is owed is in the outbox
    HANDED_OVER = "handed-over"  # leased to the broker, not published
    PUBLISHED = "published"  # the broker has it
    CLAIMED = "claimed"  # the lease is committed, nothing is connected
    CONNECTED = "connected"  # the other side answers
    SENDER = "sender"  # mail: MAIL was taken
    RECIPIENT = "recipient"  # mail: RCPT was taken
    DATA = "data"  # mail: DATA was answered by 354
    BODY = "body"  # all is sent, no answer is read
    ANSWERED = "answered"  # the answer is read, nothing is written down
    FINISHING = "finishing"  # the finish is written, not committed
    FINISHED = "finished"  # the finish is committed
    ACKNOWLEDGED = "acknowledged"  # the broker was told


def reach(point: Point) -> None:
    """Do what the environment asks for at this point: nothing, unless it names it."""
    if WISH not in os.environ:
        return
    name, _, sign = os.environ[WISH].partition("=")
    if name == point.value:
        del os.environ[WISH]
        os.kill(os.getpid(), signal.Signals[f"SIG{sign or 'KILL'}"])
