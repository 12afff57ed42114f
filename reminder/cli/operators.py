"""operators: the catalogue, read where it lies."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

from cyclopts import App

from reminder.catalogue.catalogue import OTHER, Catalogue
from reminder.catalogue.loading import load as load_catalogue
from reminder.catalogue.speaker import Speaker
from reminder.cli.shell import Here, Json, Shell
from reminder.config import Settings, load
from reminder.domain.routes import Pay, Place

Language = Literal["zh", "ru", "en"]


async def operators(  # noqa: PLR0913 - an option of a command is a parameter
    operator: str | None = None,
    /,
    *,
    find: str = "",
    country: str = "",
    language: Language | None = None,
    place: Literal["home", "abroad"] | None = None,
    pay: Literal["ru-bank", "card", "sbp", "autopay", "friend", "cash", "foreign"] | None = None,
    shell: Here,
) -> None:
    """Print all operators, or one: how to ask for the balance, what keeps a number, how to pay.

    Parameters
    ----------
    operator
        The operator's id.
    find
        Only operators with this in a present or former name.
    country
        Only operators of this country, by its ISO code.
    place
        Where you are.
    pay
        What you can pay with.
    """
    query = {"language": language, "place": place, "pay": pay}
    if operator is None:
        found = await _all(shell, find, country, language)
        _tell_all(shell, found)
        return
    one = await _one(shell, operator, query)
    shell.show(one, "\n".join(_lines(one)))


app = App(name="operators", help="The catalogue of operators, or one of them.")
app.default(operators)
app.command("reminder.cli.checking:check", name="check")


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue as the service reads it; it is files, so neither service nor database is
    asked."""
    catalogue = load_catalogue(settings.server.data_dir / "operators")
    for fault in catalogue.faults:
        print(f"Note: {fault}", file=sys.stderr)
    return catalogue


def _speaker(settings: Settings, language: str | None) -> Speaker:
    from reminder.app import utc_now

    return Speaker(language or settings.reminders.language, utc_now().date())


async def _all(shell: Shell, find: str, country: str, language: str | None) -> list[Json]:
    if shell.environ.get("REMINDER_URL"):
        from reminder.cli.service import reach

        async with reach(shell) as service:
            return await service.all("/operators", language=language, find=find, country=country)
    settings = load(shell.config, shell.environ)
    found = catalogue_of(settings).find(find, country)
    if shell.as_json:
        speaker = _speaker(settings, language)
        return [speaker.brief(one) for one in found]
    spoken = language or settings.reminders.language
    return [
        {
            "id": one.id,
            "name": one.names.in_(spoken),
            "country": one.country,
            "official": {"url": one.official_link.url} if one.official_link else None,
        }
        for one in found
    ]


async def _one(shell: Shell, operator: str, query: Mapping[str, str | None]) -> Json:
    if shell.environ.get("REMINDER_URL"):
        from reminder.cli.service import reach

        async with reach(shell) as service:
            return await service.get(f"/operators/{operator}", **query)
    settings = load(shell.config, shell.environ)
    found = catalogue_of(settings).get(operator)
    here, means = query["place"], query["pay"]
    speaker = _speaker(settings, query["language"])
    return speaker.whole(found, Place(here) if here else None, Pay(means) if means else None)


def _tell_all(shell: Shell, found: list[Json]) -> None:
    if shell.as_json:
        shell.dump({"items": found, "next": None})
        return
    shown = [one for one in found if one["id"] != OTHER]
    shell.table(("Id", "Name", "Country", "Official"), [_row(one) for one in shown])


def _row(one: Json) -> tuple[str, str, str, str]:
    official = one["official"]["url"] if one["official"] else ""
    return one["id"], one["name"], one["country"] or "", official


def _lines(one: Json) -> list[str]:
    said = [f"{one['name']} ({one['id']})"]
    if one["official"]:
        said.append(f"Official page: {one['official']['url']}")
    told = {note["topic"]: note for note in reversed(one["warnings"])}
    said += [f"First: {n['title']}. {n['text']}{_origin(n)}" for n in reversed(told.values())]
    said += [f"Balance: {_check(check)}{_origin(check)}" for check in one["balance_checks"]]
    if not one["balance_checks"]:
        said.append("Balance: not known, ask the operator")
    rule = one["keepalive"]["rule"] or one["keepalive"]["law"]
    kept = f"{rule['text']}{_origin(rule)}" if rule else "not known, ask the operator"
    said.append(f"Keeping the number: {kept}")
    for way in one["top_up"]:
        reason = "" if way["possible"] else f" (not open: {way['reason']})"
        said += ["", f"{way['name']}{reason}{_origin(way)}"]
        said += [f"  {n}. {step}" for n, step in enumerate(way["steps"], 1)]
    return said


def _check(check: Json) -> str:
    to = f" to {check['to']}" if check["to"] else ""
    return f"{check['kind']} {check['code']}{to}"


def _origin(fact: Json) -> str:
    if fact["advice"]:
        return " [our advice]"
    stale = ", not checked since" if fact["stale"] else ""
    return f" [{fact['confidence']}, {fact['checked_on']}{stale}]"
