"""All pages as one application: routes, templates, errors, and the guard before them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from reminder.app import App
from reminder.web import (
    account,
    acting,
    actions,
    board,
    calendar,
    changing,
    channels,
    deeds,
    deliveries,
    entry,
    imports,
    line,
    operator,
    operators,
    outbox,
    refusals,
    settings,
    sheets,
    signing,
    topups,
    upkeep,
    watching,
)
from reminder.web.guard import Guard, origin_of
from reminder.web.visit import Handler, Site, page, private

TEMPLATES = Path(__file__).parent / "templates"
_BOTH = ["GET", "POST"]


def create(app: App) -> Starlette:
    """Make the pages of an application that is open."""
    site = Site(app, templates(), sheets.load())
    pages = Starlette(routes=routes(site), exception_handlers=dict(refusals.HANDLERS))
    pages.state.site = site
    pages.add_middleware(
        Guard,
        refuse=refusals.Refuse(site, pages),
        origin=origin_of(app.settings.server.base_url),
    )
    return pages


@cache
def templates() -> Environment:
    """The templates, the same for every App: everything escaped, a missing name an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["icon"] = vars(made.get_template("_parts.html").module)["icon"]
    made.globals["verb_of"] = deeds.short
    made.globals["said_of"] = deeds.said
    return made


def routes(site: Site) -> list[BaseRoute]:
    """Every page: the public ones, those of who is signed in, those behind a message's links."""
    return [
        Route("/static/{name}", site.sheets.serve),
        *_public(),
        Route("/calendar/{token}.ics", calendar.Feeds(site.app).answer),
        *_own_lines(),
        *_own_rest(),
        *_own_account(),
    ]


def _open(path: str, handler: Handler, *methods: str) -> Route:
    return Route(path, page(handler), methods=list(methods) or ["GET"])


def _own(path: str, handler: Handler, *methods: str) -> Route:
    return Route(path, private(handler), methods=list(methods) or ["GET"])


def _public() -> list[Route]:
    return [
        _open("/", signing.home),
        _open("/safety", signing.safety),
        _open("/sign-in", signing.ask, *_BOTH),
        _open("/sign-in/{token}", signing.enter, *_BOTH),
        _open("/sign-out", signing.leave, "POST"),
        _open("/settings/erase/{token}", account.erase_here, *_BOTH),
        _open("/operators", operators.index),
        _open("/operators/{id}", operator.show),
        _open("/a/{verb}/{token}", actions.action, *_BOTH),
    ]


def _own_lines() -> list[Route]:
    return [
        _own("/lines", board.board),
        _own("/lines/together", changing.deed, "POST"),
        _own("/lines/change", changing.change, "POST"),
        _own("/lines/top-ups", topups.show, *_BOTH),
        _own("/lines/new", entry.add, *_BOTH),
        _own("/lines/import", imports.index, *_BOTH),
        _own("/lines/import/template.csv", imports.template),
        _own("/lines/import/{id}", imports.show, *_BOTH),
        _own("/lines/{id}", line.show),
        _own("/lines/{id}/year", line.year),
        _own("/lines/{id}/year.ics", calendar.year),
        _own("/lines/{id}/edit", entry.edit, *_BOTH),
        _own("/lines/{id}/delete", line.delete, *_BOTH),
        _own("/lines/{id}/undo", line.undo, "POST"),
        _own("/lines/{id}/send", line.send, "POST"),
        _own("/lines/{id}/readings/{reading}/delete", line.remove_reading, "POST"),
        _own("/lines/{id}/{verb}", acting.act, *_BOTH),
    ]


def _own_rest() -> list[Route]:
    return [
        _own("/channels", channels.index, *_BOTH),
        _own("/channels/new", channels.new),
        _own("/channels/{id}", channels.show),
        _own("/channels/{id}/edit", channels.edit, "POST"),
        _own("/channels/{id}/remove", channels.remove, *_BOTH),
        _own("/channels/{id}/{verb}", channels.act, "POST"),
        _own("/deliveries", deliveries.index),
        _own("/deliveries/{id}", deliveries.show),
        _own("/deliveries/{id}/retry", deliveries.retry, "POST"),
        _own("/watching", watching.index, *_BOTH),
        _own("/watching/{id}", watching.show),
        _own("/watching/{id}/agree", watching.agree, "POST"),
        _own("/watching/{id}/end", watching.end, "POST"),
        _own("/outbox", outbox.index),
        _own("/outbox/{id}", outbox.show),
        _own("/outbox/{id}/body", outbox.body),
    ]


def _own_account() -> list[Route]:
    return [
        _own("/settings", settings.show, *_BOTH),
        _own("/settings/sign-out-everywhere", account.sign_out_everywhere, "POST"),
        _own("/settings/devices/{id}/sign-out", account.sign_out_device, "POST"),
        _own("/settings/export.csv", account.export_csv),
        _own("/settings/export.jsonl", account.export_lines),
        _own("/settings/archive.zip", account.export_everything),
        _own("/settings/trips", settings.add_trip, "POST"),
        _own("/settings/trips/remove", settings.remove_trip, "POST"),
        _own("/settings/calendar", account.renew_calendar, "POST"),
        _own("/settings/tokens", settings.make_token, "POST"),
        _own("/settings/tokens/{id}/remove", account.remove_token, "POST"),
        _own("/settings/erase", account.erase, *_BOTH),
        _own("/service", upkeep.index, *_BOTH),
        _own("/service/invite", upkeep.invite, "POST"),
        _own("/service/owners/{id}/link", upkeep.link, "POST"),
    ]
