"""operators: the catalogue."""

from __future__ import annotations

from typing import Literal

from reminder.cli.service import reach
from reminder.cli.shell import Here, Json


async def operators(
    operator: str | None = None,
    /,
    *,
    language: Literal["zh", "ru", "en"] | None = None,
    place: Literal["home", "abroad"] | None = None,
    pay: Literal["ru-bank", "friend", "cash", "foreign"] | None = None,
    shell: Here,
) -> None:
    """Print all operators, or one: how to ask for the balance, what keeps a number, how to pay.

    Parameters
    ----------
    operator
        The operator's id.
    place
        Where you are.
    pay
        What you can pay with.
    """
    async with reach(shell) as service:
        if operator is None:
            found = await service.all("/operators", language=language)
            if shell.as_json:
                shell.dump({"items": found, "next": None})
            else:
                shell.table(("Id", "Name", "Country", "Official"), [_row(one) for one in found])
            return
        one = await service.get(f"/operators/{operator}", language=language, place=place, pay=pay)
    shell.show(one, "\n".join(_lines(one)))


def _row(one: Json) -> tuple[str, str, str, str]:
    official = one["official"]["url"] if one["official"] else ""
    return one["id"], one["name"], one["country"] or "", official


def _lines(one: Json) -> list[str]:
    said = [f"{one['name']} ({one['id']})"]
    if one["official"]:
        said.append(f"Official page: {one['official']['url']}")
    for check in one["balance_checks"]:
        to = f" to {check['to']}" if check["to"] else ""
        said.append(f"Balance: {check['kind']} {check['code']}{to}{_origin(check)}")
    rule = one["keepalive"]["rule"] or one["keepalive"]["law"]
    if rule:
        said.append(f"Keeping the number: {rule['text']}{_origin(rule)}")
    for way in one["top_up"]:
        reason = "" if way["possible"] else f" (not open: {way['reason']})"
        said += ["", f"{way['name']}{reason}{_origin(way)}"]
        said += [f"  {n}. {step}" for n, step in enumerate(way["steps"], 1)]
    return said


def _origin(fact: Json) -> str:
    stale = ", not checked since" if fact["stale"] else ""
    return f" [{fact['confidence']}, {fact['checked_on']}{stale}]"
