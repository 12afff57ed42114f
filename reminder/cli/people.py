"""owner add, owner link, owner invite, token create, settings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from cyclopts import Parameter

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


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different.

    Parameters
    ----------
    timezone
        Where you live, such as Asia/Shanghai.
    at
        When reminders come, such as 09:00.
    quiet_hours
        When they wait, such as 22:00-08:00; "" for never.
    numbers
        In lists: masked on the pages and whole for programs (usual), masked for programs too, or
        whole on the pages too.
    """

    language: Literal["zh", "ru", "en"] | None = None
    timezone: str | None = None
    at: str | None = None
    quiet_hours: str | None = None
    numbers: Literal["usual", "masked", "whole"] | None = None


async def settings(change: Change | None = None, *, owner: Owner = None, shell: Here) -> None:
    """Print your settings; change those that are named."""
    said = asdict(change or Change())
    patch = {name: value for name, value in said.items() if value is not None}
    async with reach(shell, owner) as service:
        me = await (service.patch("/me", patch) if patch else service.get("/me"))
    rows = (f"{name.replace('_', ' ') + ':':<16}{me[name]}".rstrip() for name in ("address", *said))
    shell.show(me, "\n".join(rows))


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
