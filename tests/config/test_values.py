"""How values in config.toml are written and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.config import values


@pytest.mark.parametrize(
    ("read", "written", "expected"),
    [
        (values.duration, "20s", timedelta(seconds=20)),
        (values.duration, "5m", timedelta(minutes=5)),
        (values.duration, "12h", timedelta(hours=12)),
        (values.duration, "400d", timedelta(days=400)),
        (values.days, ["0d", "7d", "1d"], (7, 1, 0)),
        (values.days, [], ()),
        (values.days_after, ["14d", "1d"], (1, 14)),
        (values.clock, "23:59", time(23, 59)),
        (values.quiet_hours, "22:00-08:00", (time(22), time(8))),
        (values.quiet_hours, "", None),
        (values.zone, "Asia/Shanghai", "Asia/Shanghai"),
        (values.networks, ["10.0.0.1"], (ip_network("10.0.0.1/32"),)),
        (values.networks, ["fd00::/8"], (ip_network("fd00::/8"),)),
        (values.web_address, "https://Example.ORG/", "https://example.org"),
        (values.web_address, "http://h:8080/a/b/", "http://h:8080/a/b"),
        (values.mailbox, "a@b.org", "a@b.org"),
        (values.handover, "nats://127.0.0.1:4222", "nats://127.0.0.1:4222"),
        (values.host, "::1", "::1"),
        (values.node, "worker-1", "worker-1"),
        (values.whole, 7, 7),
    ],
)
def test_reads_what_is_right(
    read: Callable[[object], object], written: object, expected: object
) -> None:
    """Every kind of value is read as the manual writes it."""
    assert read(written) == expected


@pytest.mark.parametrize(
    ("read", "written", "says"),
    [
        (values.duration, "20", "write a number and s, m, h or d"),
        (values.duration, 20, "text in quotes"),
        (values.days, "7d", "a list of texts"),
        (values.days, ["7"], 'write it as "7d"'),
        (values.days, ["367d"], "366d"),
        (values.days, ["7d", "07d"], "twice"),
        (values.days, ["12h"], "whole days"),
        (values.days_after, ["0d"], 'begins at "1d"'),
        (values.clock, "24:00", "no time of day"),
        (values.clock, "9:00", "no time of day"),
        (values.quiet_hours, "22:00", "no span"),
        (values.quiet_hours, "22:00-22:00", "same time"),
        (values.zone, "Moscow", "IANA name"),
        (values.zone, "Europe", "IANA name"),
        (values.zone, "../etc/passwd", "IANA name"),
        (values.zone, "", "IANA name"),
        (values.networks, ["192.168.1.1/24"], "host bits"),
        (values.networks, ["everything"], "no network"),
        (values.web_address, "example.org", "no http or https address"),
        (values.web_address, "ftp://example.org", "no http or https address"),
        (values.web_address, "http://h:99999", "no http or https address"),
        (values.web_address, "http://u:p@h", "holds more than"),
        (values.web_address, "http://h/?a=1", "holds more than"),
        (values.mailbox, "nobody", "exactly one"),
        (values.mailbox, "a@b.org, c@d.org", "exactly one"),
        (values.mailbox, "a@b.org\nBcc: c@d.org", "one line"),
        (values.handover, "kafka://h", "inline"),
        (values.handover, "nats://", "inline"),
        (values.host, "not here", "no address"),
        (values.node, "a b", "letters"),
        (values.whole, "7", "without quotes"),
        (values.whole, True, "whole number"),
    ],
)
def test_refuses_what_is_wrong(
    read: Callable[[object], object], written: object, says: str
) -> None:
    """Every wrong value is refused with a word on what would be right."""
    with pytest.raises(ValueError, match=says):
        read(written)


@given(st.lists(st.integers(0, values.LONGEST_LEAD_DAYS), unique=True))
def test_days_are_kept_and_ordered(wanted: list[int]) -> None:
    """Whatever order days are written in, the same days come out, the longest first."""
    assert values.days([f"{day}d" for day in wanted]) == tuple(sorted(wanted, reverse=True))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ""),
        ("sqlite:///x.db", "sqlite:////srv/x.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("postgresql://u:p@h/d", "postgresql://u:p@h/d"),
    ],
)
def test_a_database_is_found_from_the_files_folder(written: str, expected: str) -> None:
    """A relative SQLite path starts from the config file's folder; an absolute one stays."""
    assert values.database(written, Path("/srv")) == expected


@pytest.mark.parametrize("written", ["mysql://u:hidden@h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(written: str) -> None:
    """What is neither a SQLite file nor PostgreSQL is refused, without repeating the password."""
    with pytest.raises(ValueError, match="sqlite:///path") as caught:
        values.database(written, Path("/srv"))
    assert "hidden" not in str(caught.value)
