"""One try of a webhook to the sink, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from reminder.domain.delivery import Receipt, WebhookTarget
from reminder.errors import TransportError
from reminder.transports.guard import Resolve, networks
from reminder.transports.sign import new_secret
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.fakes import LOOPBACK, Certificate, WebhookSink
from tests.transports.samples import NOW, message

SECRET = new_secret(b"n" * 32)
HOME = networks(["127.0.0.0/8"])
SETTINGS = WebhookSettings(deadline=timedelta(seconds=5), allow_networks=HOME)
QUICK = WebhookSettings(deadline=timedelta(seconds=0.3), allow_networks=HOME)


def target(hook: WebhookSink, *secrets: str) -> WebhookTarget:
    """The sink as an administrator's channel."""
    return WebhookTarget(hook.url, secrets or (SECRET,), private_allowed=True)


async def resolve_home(_host: str) -> Sequence[str]:
    """Every name leads to this machine."""
    return (LOOPBACK,)


async def outcome(
    to: WebhookTarget,
    settings: WebhookSettings = SETTINGS,
    certificate: Certificate | None = None,
    resolve: Resolve = resolve_home,
) -> Receipt | TransportError:
    """How one try ends."""
    context = certificate.client if certificate else None
    out = WebhookTransport(settings, resolve=resolve, context=context)
    try:
        return await out.send(message(), to, NOW)
    except TransportError as error:
        return error
    finally:
        await out.close()
