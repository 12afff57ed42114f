"""Promises of reminder/app/wiring.py."""

from __future__ import annotations

from pathlib import Path

from reminder.app.wiring import template_faults, this_node, ways
from reminder.domain.delivery import Lane
from reminder.transports.email import EmailTransport
from reminder.transports.folder import FolderTransport
from tests.conftest import START, settings_in


def test_mail_goes_to_the_server_or_into_a_folder(tmp_path: Path) -> None:
    """Without a mail server mails are kept; the size of the webhooks' lane is the config's."""
    kept = ways(settings_in(tmp_path, {"REMINDER_WEBHOOKS__CONCURRENCY": "7"}))
    assert isinstance(kept.email, FolderTransport)
    assert kept.slots[Lane.WEBHOOK] == 7
    sent = ways(settings_in(tmp_path, {"REMINDER_EMAIL__URL": "smtp://127.0.0.1:1?tls=none"}))
    assert isinstance(sent.email, EmailTransport)


def test_a_node_has_the_name_that_the_config_gives(tmp_path: Path) -> None:
    """Else it is host and process."""
    named = this_node(settings_in(tmp_path, {"REMINDER_ENGINE__NODE": "left"}), "2026b", START)
    assert (named.name, named.tzdata, named.seen_at) == ("left", "2026b", START)
    assert ":" in this_node(settings_in(tmp_path), "2026b", START).name


def test_without_own_templates_nothing_is_wrong(tmp_path: Path) -> None:
    """The shipped templates have no fault."""
    assert template_faults(settings_in(tmp_path)) == []
