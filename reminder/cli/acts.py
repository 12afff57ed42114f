"""balance, topped-up, renewed, used, acknowledge, snooze, stop, resume, undo."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from cyclopts import Parameter

from reminder.cli.service import reach
from reminder.cli.shell import Here, Json, Owner, Shell
from reminder.cli.telling import asks_for_use, sentence
from reminder.errors import ReminderError

Amount = Annotated[str, Parameter(allow_leading_hyphen=True)]


async def _act(shell: Shell, owner: str | None, line: str, verb: str, **said: str | None) -> None:
    body: Json = {name: value for name, value in said.items() if value is not None}
    async with reach(shell, owner) as service:
        identity = (await service.line(line))["id"]
        found = await service.post(f"/lines/{identity}/{verb}", body)
    shell.show(found, sentence(found))


async def balance(
    line: str,
    amount: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    text: str | None = None,
    on: str | None = None,
    owner: Owner = None,
    shell: Here,
) -> None:
    """Enter a balance.

    Parameters
    ----------
    text
        The operator's answer, such as an SMS, instead of an amount.
    on
        The day it was so; else now.
    """
    if (amount is None) == (text is None):
        raise ReminderError("Write either the balance, such as 120.50, or --text")
    given = {"balance": amount, "text": text, "on": on}
    body: Json = {name: value for name, value in given.items() if value is not None}
    async with reach(shell, owner) as service:
        path = f"/lines/{(await service.line(line))['id']}"
        reading = await service.post(f"{path}/readings", body)
        found = await service.get(path)
    shell.show(reading, _read(reading) + sentence(found))


def _read(reading: Json) -> str:
    """What was read out of a text, and how sure; nothing for a typed balance."""
    match reading:
        case {
            "understood": {"matched": matched, "confidence": sure},
            "balance": {"amount": amount, "currency": currency},
            "on": on,
        }:
            return f"Read {amount} {currency} on {on} from {matched!r} (confidence: {sure})\n"
        case _:
            return ""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """What may be said of a top-up.

    Parameters
    ----------
    on
        The day it was paid in; else today.
    balance
        The whole balance after it, if you saw it.
    used
        That the number was used that day as well: call, sms, data, payment or other.
    """

    on: str | None = None
    balance: str | None = None
    used: str | None = None


async def topped_up(
    line: str, amount: Amount, /, *, said: TopUp | None = None, owner: Owner = None, shell: Here
) -> None:
    """Record a top-up."""
    given = asdict(said or TopUp())
    body: Json = {name: value for name, value in given.items() if value is not None}
    async with reach(shell, owner) as service:
        identity = (await service.line(line))["id"]
        found = await service.post(f"/lines/{identity}/topped-up", {"amount": amount, **body})
    asks = "" if body.get("used") else asks_for_use(found)
    shell.show(found, "\n".join(part for part in (sentence(found), asks) if part))


async def renewed(line: str, /, *, on: str | None = None, owner: Owner = None, shell: Here) -> None:
    """Record a renewal; with --on the new period counts from that day."""
    await _act(shell, owner, line, "renewed", on=on)


async def used(
    line: str,
    /,
    *,
    on: str | None = None,
    kind: str | None = None,
    owner: Owner = None,
    shell: Here,
) -> None:
    """Record that the number was used.

    Parameters
    ----------
    on
        The day; else today.
    kind
        How: call, sms, data, payment or other.
    """
    await _act(shell, owner, line, "used", on=on, kind=kind)


async def acknowledge(line: str, /, *, owner: Owner = None, shell: Here) -> None:
    """End what is left of the leading clock's deadline."""
    await _act(shell, owner, line, "acknowledge")


async def snooze(line: str, /, *, until: str, owner: Owner = None, shell: Here) -> None:
    """Say nothing of a line until a day, tomorrow to 14 days on."""
    await _act(shell, owner, line, "snooze", until=until)


async def stop(line: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Say nothing of a line until it is resumed."""
    await _act(shell, owner, line, "stop")


async def resume(line: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Let a line's clocks speak again."""
    await _act(shell, owner, line, "resume")


async def undo(line: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Take back the last act on a line."""
    await _act(shell, owner, line, "undo")
