"""What every transport promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reminder.domain.delivery import EmailTarget, Receipt, WebhookTarget
from reminder.errors import Unreachable
from reminder.transports.base import EXCERPT_LENGTH, excerpt, only_while
from reminder.transports.email import EmailTransport, SmtpServer
from reminder.transports.folder import FolderTransport, ids
from reminder.transports.guard import networks
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.fakes import SmtpSink, WebhookSink
from tests.transports.samples import HEAD, NOW, message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  no \r\n such\tuser ", "no such user"),
        ("a\x00b\x1b[0m\udcff", "a?b?[0m?"),
        ("нет такого", "нет такого"),
        ("x" * 10_000, "x" * EXCERPT_LENGTH),
    ],
)
def test_excerpt_is_short_and_harmless(text: str, shown: str) -> None:
    """A foreign answer is kept on one short line without control signs."""
    assert excerpt(text) == shown


async def _whether(holds: bool, send: Callable[[], Awaitable[Receipt]]) -> str:
    """What comes of a try, in a task of its own as the sender's are."""

    async def one() -> str:
        only_while(lambda: holds)
        try:
            return (await send()).answer
        except Unreachable as error:
            return f"{error} {error.maybe_accepted}"

    return await asyncio.create_task(one())


async def test_nothing_leaves_after_the_lease(tmp_path: Path) -> None:
    """Whoever was frozen and wakes too late sends nothing: no request, no mail, no file; and the
    next try on the same transport is none the worse."""
    async with WebhookSink() as hook, SmtpSink() as smtp:
        settings = WebhookSettings(allow_networks=networks(["127.0.0.0/8"]))
        posts = WebhookTransport(settings)
        secret = "whsec_" + "a" * 32
        target = WebhookTarget(hook.url, (secret,), private_allowed=True)
        mails = EmailTransport(SmtpServer.parse(smtp.url), HEAD)
        files = FolderTransport(tmp_path / "outbox", HEAD)
        anna = EmailTarget("anna@example.org")
        ways: list[Callable[[], Awaitable[Receipt]]] = [
            lambda: posts.send(message(), target, NOW),
            lambda: mails.send(message(), anna, NOW),
            lambda: files.send(message(), anna, NOW),
        ]
        late = [await _whether(False, send) for send in ways]
        assert set(late) == {"this process stood still too long: nothing was sent False"}
        assert (hook.requests, smtp.commands, ids(tmp_path / "outbox")) == ([], [], ())
        assert [await _whether(True, send) for send in ways] == ["204", "250", "kept"]
        await posts.close()
        await mails.close()
