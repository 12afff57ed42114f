"""Promises about a whole file, and about correcting one by another."""

from __future__ import annotations

import tomllib

import pytest

from reminder.catalogue.sheet import joined, sheet_of
from reminder.catalogue.table import Table
from reminder.errors import ConfigError
from tests.catalogue.conftest import HEAD

LINK = (
    '[links."{topic}"]\nvalue = "https://example.com/{n}"\n'
    'source = ""\nconfidence = "medium"\nevidence = "seen"\n'
)


def table(text: str) -> Table:
    """A file ``x.toml``."""
    return Table(tomllib.loads(text), "x.toml", "x")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('id = "X Y"', "id: must be small letters"),
        ('country = "Russia"', "country: must be an ISO 3166 code"),
        ('kind = "bank"', "kind: must be one of mno, mno-regional, mvno, other"),
        ('official_domains = ["https://x.com"]', "official_domains: must be bare host names"),
        ("collected_on = 'today'", "collected_on: must be a date"),
        ("method = 1", "method: this key is not known; did you mean methods?"),
        ("keepalive.rul = 1", "keepalive.rul: this key is not known; did you mean rule?"),
        ("links = 1", "links: must be a table"),
        ("stages.ended = 1", "stages.ended: must be a table"),
    ],
)
def test_refuses_a_broken_head(text: str, fault: str) -> None:
    """A head that cannot be names its field."""
    base = {"id": '"x"', "collected_on": "2026-11-22"}
    rest = "".join(f"{key} = {value}\n" for key, value in base.items() if not text.startswith(key))
    with pytest.raises(ConfigError, match=fault):
        sheet_of(table(f"{rest}{text}\n"))


def test_a_correction_replaces_whole_entries() -> None:
    """What the second file names takes the first one's place; everything else stays."""
    head = HEAD.replace("{id}", "x")
    first = head + LINK.format(topic="topup.url", n=1) + LINK.format(topic="help.url", n=1)
    second = 'id = "x"\norder = 7\ncollected_on = 2026-12-01\n' + LINK.format(topic="help.url", n=2)
    both = joined(sheet_of(table(first)), sheet_of(table(second)))
    assert both.links["topup.url"].value == "https://example.com/1"
    assert both.links["help.url"].value == "https://example.com/2"
    assert str(both.links["help.url"].checked_on) == "2026-12-01"
    assert both.head.order == 7
    assert both.head.country == "GB"
