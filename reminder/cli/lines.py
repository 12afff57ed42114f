"""add, list, show, preview, rehearse."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from reminder.cli.service import reach
from reminder.cli.shell import Here, Json, Owner
from reminder.cli.telling import HEADS, counted, local, row, sentence, whole
from reminder.errors import ReminderError

Form = Literal[
    "text",
    "html",
    "json",
    "slack",
    "discord",
    "telegram",
    "ntfy",
    "gotify",
    "bark",
    "serverchan",
    "feishu",
    "dingtalk",
    "wecom",
    "max",
]
_EVERY = {"month": "P1M", "year": "P1Y", "once": None}


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """What may be said of a new line; what is left out comes from the catalogue and the config.

    Parameters
    ----------
    renews_on
        The day of the next fee, such as 2026-12-01.
    operator
        The operator's id; see reminder operators.
    balance
        The balance as it is now, such as 120.50.
    fee
        The fee of a period.
    every
        How often the fee comes: month, 30d, 28d, 4w, year or once.
    label
        Your own name for the line.
    last_active
        The day the number was last used.
    low_balance
        Remind when the balance falls under this.
    inactivity_days
        After how many silent days the number is lost.
    charged_by
        Who makes a renewal happen.
    note
        Anything you want to keep beside it.
    """

    renews_on: str | None = None
    operator: str | None = None
    balance: str | None = None
    fee: str | None = None
    every: str | None = None
    label: str | None = None
    last_active: str | None = None
    low_balance: str | None = None
    inactivity_days: int | None = None
    charged_by: Literal["operator", "owner"] | None = None
    note: str | None = None

    def body(self, number: str) -> Json:
        """The body of POST /lines."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        if "last_active" in said:
            said["last_active_on"] = said.pop("last_active")
        if "every" in said:
            said["period"] = period(said.pop("every"))
        return {"number": number, **said}


def period(every: str) -> str | None:
    """The ISO 8601 period of ``month``, ``30d``, ``4w``, ``year``; None for ``once``. Raises
    ReminderError for what is none.

    >>> period("month"), period("28d"), period("4w"), period("once")
    ('P1M', 'P28D', 'P4W', None)
    """
    word = every.strip().lower()
    if word in _EVERY:
        return _EVERY[word]
    if not re.fullmatch(r"p?\d+[dwmy]", word):
        raise ReminderError(
            f"--every: write month, year or once, or days as 1d, 30d or 4w; this is {every!r}"
        )
    return f"P{word.removeprefix('p').upper()}"


async def add(
    number: str, /, fields: NewLine | None = None, *, owner: Owner = None, shell: Here
) -> None:
    """Register a line."""
    async with reach(shell, owner) as service:
        line = await service.post("/lines", (fields or NewLine()).body(number))
    shell.show(line, f"Added {sentence(line)}")


async def everything(
    *,
    masked: Annotated[bool | None, Parameter(negative="--whole")] = None,
    owner: Owner = None,
    shell: Here,
) -> None:
    """Print your lines, most urgent first.

    Parameters
    ----------
    masked
        Print numbers as messages show them, +7 916 ••• •• 67, or whole; else as your settings say.
    """
    async with reach(shell, owner) as service:
        lines = await service.all("/lines", masked=None if masked is None else str(masked).lower())
    if shell.as_json:
        shell.dump({"items": lines, "next": None})
    else:
        shell.table(HEADS, [row(line) for line in lines])


async def show(line: str, /, *, owner: Owner = None, shell: Here) -> None:
    """Print one line with its three clocks."""
    async with reach(shell, owner) as service:
        found, me = await service.line(line), await service.get("/me")
    shell.show(found, whole(found, me["timezone"]))


async def preview(
    line: str,
    /,
    *,
    language: Literal["zh", "ru", "en"] | None = None,
    form: Annotated[Form, Parameter(name="--format")] = "text",
    owner: Owner = None,
    shell: Here,
) -> None:
    """Print the next message about a line: as text, HTML, our JSON, or a chat's."""
    async with reach(shell, owner) as service:
        path = f"/lines/{(await service.line(line))['id']}/preview"
        if shell.as_json:
            shell.dump(await service.get(path, language=language))
            return
        query = {"language": language, "format": form}
        shell.say((await service.ask("GET", path, query=query)).text.rstrip("\n"))


async def rehearse(line: str, /, *, months: int = 12, owner: Owner = None, shell: Here) -> None:
    """Print every message of the coming months, at the time where you are then."""
    async with reach(shell, owner) as service:
        found, me = await service.line(line), await service.get("/me")
        plan = await service.get(f"/lines/{found['id']}/schedule", months=str(months))
        channels = await service.all("/channels")
    if shell.as_json:
        shell.dump(plan)
        return
    places = {str(one["id"]): str(one.get("address") or one.get("url")) for one in channels}
    away = any(one["timezone"] != me["timezone"] for one in plan["items"])
    shell.table(
        ("When", "Clock", "Deadline", "Lead", "To"),
        [planned_row(m, places, named=away) for m in plan["items"]],
    )


def planned_row(one: Json, places: dict[str, str], *, named: bool) -> tuple[str, ...]:
    """A message to come as a row; ``named``: with the zone in which its time is told."""
    zone = str(one["timezone"])
    at = local(one["due_at"], zone)
    when = f"{at} {zone}" if named else at
    covered = " (covered)" if one["covered"] else ""
    days = one["lead_days"]
    lead = f"{counted(days, 'day')} before" if days else "on the day"
    to = ", ".join(places.get(c, c) for c in one["channels"])
    return when, one["clock"] + covered, one["deadline"], lead, to
