"""The tables of settings and the limits of their values."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from reminder.config.smtp import Tls
from reminder.config.tables import (
    Access,
    Database,
    Email,
    Engine,
    History,
    Reminders,
    Server,
    Service,
    Table,
    Webhooks,
)


def test_defaults_are_typed() -> None:
    """The defaults, written as in the file, come out typed."""
    reminders = Reminders()
    assert reminders.at == time(9)
    assert reminders.lead_times == (7, 3, 1, 0)
    assert reminders.after_times == (1, 3, 7, 14)
    assert reminders.quiet_hours == (time(22), time(8))
    assert Webhooks().timeout == timedelta(seconds=20)
    assert History().keep == timedelta(days=400)
    assert Access().sign_up == "closed"
    assert Database().url.get_secret_value() == ""


@pytest.mark.parametrize(
    ("table", "values", "says"),
    [
        (Server, {"port": 0}, "from 1 to 65535"),
        (Server, {"port": 65536}, "from 1 to 65535"),
        (Server, {"key": "short"}, "at least 32 characters"),
        (Server, {"data_dir": ""}, "must name a folder"),
        (Webhooks, {"timeout": "46s"}, "from .1s. to .45s."),
        (Webhooks, {"concurrency": 0}, "from 1 to 4096"),
        (Engine, {"batch": 10_001}, "from 1 to 10000"),
        (Engine, {"role": "leader"}, "'all', 'web' or 'worker'"),
        (History, {"keep": "23h"}, "from .1d."),
        (Email, {"url": "mailto:me"}, "smtp://"),
        (Database, {"url": "oracle"}, "sqlite:///path"),
        (Reminders, {"language": "de"}, "'zh', 'ru' or 'en'"),
        (Access, {"metric": "open"}, "Extra inputs"),
    ],
)
def test_limits_are_kept(table: type[Table], values: dict[str, object], says: str) -> None:
    """A value outside its limits, and a key that does not exist, are refused."""
    with pytest.raises(ValidationError, match=says):
        table.model_validate(values)


def test_tables_are_frozen() -> None:
    """A setting cannot be changed once it is read."""
    server = Server()
    with pytest.raises(ValidationError, match="frozen"):
        server.port = 1


def test_the_mail_server_is_offered_parsed() -> None:
    """``email.url`` is kept as a secret and offered as a server; empty means none."""
    server = Email.model_validate({"url": "smtps://u:p@h"}).server
    assert server is not None
    assert (server.host, server.tls) == ("h", Tls.IMPLICIT)
    assert Email().server is None


def test_the_key_file_lies_in_the_data() -> None:
    """A key that the service makes for itself lies beside the data it opens."""
    assert Server.model_validate({"data_dir": "/srv/d"}).key_file == Path("/srv/d/key")


def test_a_watcher_is_an_address(tmp_path: Path) -> None:
    """What cannot be called is refused; nothing is nobody; it does not print."""
    assert Service().watcher.get_secret_value() == ""
    good = Service.model_validate({"watcher": "https://hc-ping.com/1234"})
    assert "1234" not in repr(good)
    assert good.watcher_every == timedelta(minutes=5)
    for wrong in ("hc-ping.com/1234", "ftp://example.org"):
        with pytest.raises(ValidationError, match="an address to call"):
            Service.model_validate({"watcher": wrong})
