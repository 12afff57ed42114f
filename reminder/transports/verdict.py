"""What an HTTP answer to a webhook means: taken, gone, later, or at a named time.

Source: Standard Webhooks 1.0.0, "Deliverability": only 2xx is success, 410 ends the endpoint, 429
and a time in ``Retry-After`` are honoured, all else is tried again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from reminder.domain.delivery import LONGEST_THROTTLE, Receipt
from reminder.errors import Refused, Throttled, Unreachable
from reminder.transports.base import excerpt

THROTTLE_UNSAID = timedelta(minutes=1)
_SUCCESS, _REDIRECT = range(200, 300), range(300, 400)
_GONE, _TOO_MANY, _UNAVAILABLE = 410, 429, 503
_DIGITS = 9


def verdict(status: int, retry_after: str, body: str, now: datetime) -> Receipt:
    """Return a receipt, or raise what the answer means; leave ``body`` "" to keep nothing of it."""
    if status in _SUCCESS:
        return Receipt(str(status))
    answer = f"{status} {excerpt(body)}".strip()
    if status == _GONE:
        raise Refused("the host says 410: this webhook is gone", answer=answer, channel_off=True)
    wait = read_wait(retry_after, now)
    if status == _TOO_MANY or (status == _UNAVAILABLE and wait is not None):
        detail = f"the host says {status} and asks for patience"
        raise Throttled(detail, THROTTLE_UNSAID if wait is None else wait, answer=answer)
    if status in _REDIRECT:
        raise Unreachable(f"the host redirects ({status}), which is not followed", answer=answer)
    raise Unreachable(f"the host answered {status}", answer=answer)


def read_wait(text: str, now: datetime) -> timedelta | None:
    """Read ``Retry-After``, seconds or a date (RFC 9110, 10.2.3): a day at most, None if unclear.

    >>> read_wait("90", datetime(2026, 11, 24, tzinfo=UTC))
    datetime.timedelta(seconds=90)
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        significant = text.lstrip("0") or "0"
        seconds = (
            int(significant) if len(significant) <= _DIGITS else LONGEST_THROTTLE.total_seconds()
        )
        return min(timedelta(seconds=seconds), LONGEST_THROTTLE)
    try:
        named = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if named.tzinfo is None:
        named = named.replace(tzinfo=UTC)
    return min(max(named - now, timedelta()), LONGEST_THROTTLE)
