"""channel add, list, test, remove."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from reminder.cli.service import Service, reach
from reminder.cli.shell import Here, Json, Owner, Shell
from reminder.errors import ReminderError


async def _add(shell: Shell, owner: str | None, body: Json) -> None:
    said = {name: value for name, value in body.items() if value is not None}
    async with reach(shell, owner) as service:
        channel = await service.post("/channels", said)
    text = f"{_place(channel)}: {channel['state']}"
    if "secret" in channel:
        text += f"\nIts signing secret, shown this once:\n{channel['secret']}"
    shell.show(channel, text)


def _place(channel: Json) -> str:
    return str(channel.get("address") or channel.get("url"))


async def add_email(
    address: str, /, *, label: str | None = None, owner: Owner = None, shell: Here
) -> None:
    """Add a mailbox; where mail is sent, it gets one confirmation first."""
    await _add(shell, owner, {"kind": "email", "address": address, "label": label})


async def add_webhook(
    url: str,
    /,
    *,
    form: Annotated[str | None, Parameter(name="--format")] = None,
    secret: str | None = None,
    label: str | None = None,
    owner: Owner = None,
    shell: Here,
) -> None:
    """Add a web address to call; one of our own format prints the secret its calls are signed with.

    Parameters
    ----------
    url
        The address as the service gives it: docs/channels.md shows it for each chat.
    form
        standard, slack, discord, telegram, ntfy, gotify, bark, serverchan, feishu, dingtalk, wecom
        or max.
    secret
        The signing secret to use (standard), or that of the robot (feishu, dingtalk).
    """
    named = {"format": form, "secret": secret, "label": label}
    await _add(shell, owner, {"kind": "webhook", "url": url, **named})


async def everything(*, owner: Owner = None, shell: Here) -> None:
    """Print your channels."""
    async with reach(shell, owner) as service:
        found = await service.all("/channels")
    if shell.as_json:
        shell.dump({"items": found, "next": None})
        return
    rows = [
        (str(c["id"]), str(c["kind"]), _place(c), str(c["label"]), str(c["use"]), str(c["state"]))
        for c in found
    ]
    shell.table(("Id", "Kind", "To", "Label", "Use", "State"), rows)


async def _find(service: Service, text: str) -> Json:
    """The channel of an id, an address or a label."""
    everyone = await service.all("/channels")
    exact = [c for c in everyone if text in {c["id"], c.get("address"), c.get("url")}]
    found = exact or [c for c in everyone if str(c["label"]).casefold() == text.casefold()]
    if not found:
        raise ReminderError(f"You have no channel {text!r}: see reminder channel list")
    if len(found) > 1:
        raise ReminderError(f"{len(found)} channels are called {text!r}: write the id instead")
    return found[0]


async def try_out(channel: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Send a test by the same path as a real reminder."""
    async with reach(shell, owner) as service:
        one = await _find(service, channel)
        sent = await service.post(f"/channels/{one['id']}/test")
        later = " It leaves when reminder serve runs." if service.is_here else ""
    shell.show(sent, f"A test for {_place(one)} is on its way as {sent['id']}.{later}")


async def remove(channel: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Forget a channel."""
    async with reach(shell, owner) as service:
        one = await _find(service, channel)
        await service.ask("DELETE", f"/channels/{one['id']}")
    shell.show(one, f"{_place(one)} is removed.")
