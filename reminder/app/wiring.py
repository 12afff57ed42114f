"""What the settings make of the parts: transports, this node, the site's own templates."""

from __future__ import annotations

import os
import socket
from datetime import datetime
from pathlib import Path

from reminder import __version__
from reminder.catalogue.loading import load as load_catalogue
from reminder.config import Settings
from reminder.domain.delivery import Lane
from reminder.engine.tries import Ways
from reminder.rendering.proof import proved
from reminder.service.folder import own_folder
from reminder.storage.ailing import has_wal_reset_fault, sqlite_version
from reminder.storage.database import Database
from reminder.storage.nodes import Node
from reminder.transports.email import EmailTransport, SmtpServer
from reminder.transports.folder import FolderTransport
from reminder.transports.mime import Letterhead
from reminder.transports.webhook import WebhookSettings, WebhookTransport

MAIL_SLOTS = 8
OLD_SQLITE = (
    "has a fault that can lose commits where two programs write at once; this service is alone "
    "on its file, so keep other programs from writing to it while it runs"
)


def migrate(settings: Settings) -> None:
    """Bring the database to this version; raises StorageError while a service runs on the file."""
    with own_folder(settings):
        database = Database(settings.database_url)
        database.migrate()
        database.close()


def template_faults(settings: Settings) -> list[str]:
    """What is wrong with the site's own templates, one sentence each."""
    catalogue = load_catalogue(settings.server.data_dir / "operators")
    return [str(fault) for fault in proved(own_templates(settings), catalogue)[1]]


def sqlite_state() -> str:
    """Which SQLite this Python brings, and what to mind of it."""
    brought = ".".join(map(str, sqlite_version()))
    return f"{brought} {OLD_SQLITE}" if has_wal_reset_fault(sqlite_version()) else brought


def own_templates(settings: Settings) -> Path:
    """Where the site's own templates lie."""
    return settings.server.data_dir / "templates"


def this_node(settings: Settings, tzdata: str, now: datetime) -> Node:
    """This process among the others."""
    name = settings.engine.node or f"{socket.gethostname()}:{os.getpid()}"
    return Node(name, settings.engine.role, __version__, tzdata, now, now)


def ways(settings: Settings) -> Ways:
    """How messages leave, and how many at a time."""
    head = Letterhead.of(settings.email.sender, settings.server.base_url)
    smtp = settings.email.url.get_secret_value()
    webhooks = WebhookSettings(
        settings.webhooks.timeout,
        settings.webhooks.concurrency,
        tuple(settings.webhooks.allow_networks),
    )
    return Ways(
        email=EmailTransport(SmtpServer.parse(smtp), head)
        if smtp
        else FolderTransport(settings.server.data_dir / "outbox", head),
        webhook=WebhookTransport(webhooks),
        slots={Lane.EMAIL: MAIL_SLOTS, Lane.WEBHOOK: settings.webhooks.concurrency},
    )
