"""What an HTTP answer to a webhook means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.delivery import Receipt
from reminder.errors import Refused, Throttled, Unreachable
from reminder.transports.verdict import verdict
from tests.transports.samples import NOW


@pytest.mark.parametrize("status", [200, 204, 299])
def test_2xx_is_taken(status: int) -> None:
    """Only 2xx is a receipt, and it holds the status alone."""
    assert verdict(status, "60", "thanks", NOW) == Receipt(str(status))


@pytest.mark.parametrize("status", [199, 300, 304, 400, 404, 500, 503, 504, 600])
def test_the_rest_may_pass(status: int) -> None:
    """All else is tried again; the sentence names the status and never the body."""
    with pytest.raises(Unreachable, match=str(status)) as caught:
        verdict(status, "", "no\r\nsuch <hook>\x00", NOW)
    assert caught.value.answer == f"{status} no such <hook>?"
    assert "such" not in str(caught.value)
    assert not caught.value.maybe_accepted


def test_410_is_the_end() -> None:
    """Gone ends the channel."""
    with pytest.raises(Refused) as caught:
        verdict(410, "60", "", NOW)
    assert caught.value.channel_off
    assert caught.value.answer == "410"


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [
        (429, "60", timedelta(seconds=60)),
        (503, "120", timedelta(seconds=120)),
        (429, "0", timedelta()),
        (429, "0" * 5000 + "7", timedelta(seconds=7)),
        (429, "", timedelta(minutes=1)),
        (429, "٣", timedelta(minutes=1)),
        (429, "1000000000", timedelta(hours=24)),
        (429, "9" * 5000, timedelta(hours=24)),
        (429, "Tue, 24 Nov 2026 06:10:00 GMT", timedelta(minutes=10)),
        (429, "Tue, 24 Nov 2026 06:10:00", timedelta(minutes=10)),
        (503, "Fri, 01 Jan 2100 00:00:00 GMT", timedelta(hours=24)),
        (429, "Sun, 01 Jan 2006 00:00:00 GMT", timedelta()),
        (429, "-5", timedelta(minutes=1)),
        (429, "soon", timedelta(minutes=1)),
        (429, "Tue, 99 Nov 2026 99:10:00 GMT", timedelta(minutes=1)),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_named_time_is_kept(status: int, said: str, wait: timedelta) -> None:
    """Retry-After is honoured as seconds or a date, for a day at most; unclear is a minute."""
    with pytest.raises(Throttled) as caught:
        verdict(status, said, "", NOW)
    assert caught.value.retry_after == wait
