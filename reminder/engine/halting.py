"""The mail lane stands still when the mail server refuses us, not a reader: else every reminder
would be spent on a wrong password. One mail now and then asks whether it is over.
"""

from __future__ import annotations

from datetime import timedelta

from reminder.domain.breaker import Breaker
from reminder.domain.delivery import Receipt
from reminder.engine.watch import Trouble, Watch
from reminder.errors import About, Refused, TransportError, Unreachable

MAILS_REFUSED = 3
ASK_AFTER = timedelta(minutes=1)


class Halt:
    """Whether mail may leave. A refused sign-in stops it at once, three mails in a row that were
    refused as ours do, and any other answer lets it go on."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._breaker = Breaker(most=MAILS_REFUSED, first_pause=ASK_AFTER)

    @property
    def is_on(self) -> bool:
        """Whether the lane stands still."""
        return self._breaker.is_open

    def room(self, free: int, under_way: int) -> int:
        """How many mails may begin where ``free`` slots are: none, or the one that asks."""
        if not self._breaker.is_open:
            return free
        return min(free, int(self._breaker.lets_through(under_way, self._watch.uptime())))

    def note(self, result: Receipt | TransportError) -> Receipt | TransportError:
        """Learn from a try; give what it means for its delivery: while all mail is refused a
        single one is not dead for it, and is tried again."""
        if isinstance(result, TransportError) and result.about is not None:
            return self._refused(result, result.about)
        if isinstance(result, Unreachable):
            return result
        if self._breaker.is_open:
            self._watch.end_alarm(Trouble.MAIL_STOPPED)
        self._breaker = self._breaker.after_success()
        return result

    def _refused(self, error: TransportError, about: About) -> TransportError:
        at_once = about is About.SIGN_IN
        self._breaker = self._breaker.after_failure(self._watch.uptime(), at_once=at_once)
        if not self._breaker.is_open:
            return error
        self._watch.raise_alarm(Trouble.MAIL_STOPPED, f"No mail leaves: {error}")
        if isinstance(error, Refused):
            return Unreachable(str(error), answer=error.answer, about=about)
        return error
