"""owner add, owner link, owner invite, token create."""

from __future__ import annotations

from typing import Literal

from reminder.cli.service import reach
from reminder.cli.shell import Here, Owner
from reminder.errors import ReminderError


async def add_owner(
    address: str,
    /,
    *,
    admin: bool = False,
    language: Literal["zh", "ru", "en"] | None = None,
    timezone: str | None = None,
    shell: Here,
) -> None:
    """Add an owner; the first is administrator.

    Parameters
    ----------
    admin
        Let them add owners too.
    timezone
        Where they live, such as Asia/Shanghai.
    """
    given = {"address": address, "admin": admin, "language": language, "timezone": timezone}
    async with reach(shell) as service:
        body = {name: value for name, value in given.items() if value is not None}
        owner = await service.post("/owners", body)
    shell.show(owner, f"Added {owner['address']}. A link to sign in: reminder owner link {address}")


async def owner_link(address: str, /, *, shell: Here) -> None:
    """Print a link that signs an owner in once, alone on the last line."""
    async with reach(shell) as service:
        found = [one for one in await service.all("/owners") if one["address"] == address]
        if not found:
            raise ReminderError(f"There is no owner with the address {address}")
        link = await service.post(f"/owners/{found[0]['id']}/link")
    shell.show(link, str(link["url"]))


async def invite(*, shell: Here) -> None:
    """Print a link by which one stranger may begin, alone on the last line."""
    async with reach(shell) as service:
        link = await service.post("/invitations")
    shell.show(link, str(link["url"]))


async def create_token(
    name: str,
    /,
    *,
    scope: Literal["read", "write", "admin"] = "write",
    owner: Owner = None,
    shell: Here,
) -> None:
    """Make a token and print it alone on the last line; it is shown this once."""
    async with reach(shell, owner) as service:
        token = await service.post("/tokens", {"name": name, "scope": scope})
    shell.show(token, f"A token that may {scope}, shown this once:\n{token['token']}")
