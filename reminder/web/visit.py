"""One request as the pages see it: who, in which language, on which day, and what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from reminder.app import App
from reminder.domain.days import Days
from reminder.domain.ids import OwnerId
from reminder.domain.money import Money
from reminder.domain.owner import Numbers, Owner
from reminder.domain.phone import mask
from reminder.domain.schedule import local_date
from reminder.domain.signing import Device
from reminder.errors import NotAllowed
from reminder.rendering import display
from reminder.rendering.translation import Speech
from reminder.service import people
from reminder.service.many import P
from reminder.service.work import Work
from reminder.web.sheets import Sheets
from reminder.web.words import DOMAIN

T = TypeVar("T")
SESSION = "reminder_session"
LANGUAGE = "reminder_language"
THEME = "reminder_theme"
THEMES = ("light", "dark")
SESSION_SECONDS = 90 * 24 * 3600
LANGUAGE_SECONDS = 365 * 24 * 3600
TAGS = {"en": "en", "ru": "ru", "zh": "zh-Hans"}
_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Site:
    """What all requests share: the application, the templates, the style sheets."""

    app: App
    templates: Environment
    sheets: Sheets

    @property
    def is_https(self) -> bool:
        """Whether people reach us encrypted, so that cookies may insist on it."""
        return self.app.settings.server.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie. Browsers take one that begins with ``__Host-`` from
        this host alone, so that no neighbour under the same domain can plant it."""
        return f"__Host-{SESSION}" if self.is_https else SESSION


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``owner`` and ``device`` are None while nobody is signed in; ``form`` holds the
    last value of each sent field, ``many`` all values of it."""

    site: Site
    request: Request
    owner: Owner | None
    language: str
    now: datetime
    many: Mapping[str, list[str]] = field(default_factory=dict)
    device: Device | None = None

    @property
    def client(self) -> people.Client:
        """The browser that this request comes from."""
        host = self.request.client.host if self.request.client else ""
        agent = self.request.headers.get("user-agent", "")
        cookie = self.request.cookies.get(self.site.session_cookie, "")
        return people.Client(host, agent, cookie, self.language)

    @property
    def theme(self) -> str:
        """The look that this browser asked for, "" as its system says."""
        chosen = self.request.cookies.get(THEME, "")
        return chosen if chosen in THEMES else ""

    @property
    def me(self) -> Owner:
        """Who is signed in; raises NotAllowed when nobody is."""
        if self.owner is None:
            raise NotAllowed("Sign in first")
        return self.owner

    @property
    def form(self) -> dict[str, str]:
        """The sent fields, the last value of each, trimmed."""
        return {name: values[-1].strip() for name, values in self.many.items()}

    @property
    def days(self) -> Days:
        """The calendar that the reader lives by, trips included."""
        return self.owner.days if self.owner else Days(self.site.app.settings.reminders.timezone)

    @property
    def zone(self) -> str:
        """The zone where the reader is now."""
        return self.days.zone_at(self.now)

    @property
    def today(self) -> date:
        """The reader's civil date."""
        return self.days.of(self.now)

    @property
    def is_post(self) -> bool:
        """Whether this request acts."""
        return self.request.method == "POST"

    def part(self, name: str) -> str:
        """A part of the path, as the route names it."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """A parameter of the query, ``""`` where it is missing."""
        return self.request.query_params.get(name, "")

    def as_owner(self, owner: Owner) -> Visit:
        """The same request, read as that owner reads: for action pages, where nobody signs in."""
        chosen = self.request.query_params.get("language") or self.request.cookies.get(LANGUAGE)
        language = self.language if chosen else display.language_of(owner.language)
        return replace(self, owner=owner, language=language)

    async def read(self, use: Callable[[Work], T]) -> T:
        """One look at the stored state."""
        return await self.site.app.read(use)

    async def write(self, use: Callable[[Work], T]) -> T:
        """One change of the stored state."""
        return await self.site.app.write(use)

    async def planned(self, plan: Callable[[Work], P]) -> P:
        """A change of many things, computed while others write."""
        return await self.site.app.planned(plan)

    def t(self, sentence: str, **values: object) -> Markup:
        """A sentence of ours in the reader's language; values are escaped, the sentence is not."""
        speech = Speech.of(self.language, DOMAIN)
        text = speech.fitted(speech.words.ugettext(sentence), values)
        return Markup(text).format(**values)  # noqa: S704 - our own catalogue

    def n(self, one: str, many: str, count: int, **values: object) -> Markup:
        """A sentence in the form that ``count`` needs; ``{n}`` is the number."""
        words = Speech.of(self.language, DOMAIN).words
        text = Markup(words.ungettext(one, many, count))  # noqa: S704 - our own catalogue
        return text.format(n=count, **values)

    def number(self, number: str, whose: OwnerId) -> str:
        """A number as lists show it: masked, unless its owner reads this and wants it whole."""
        reader = self.owner
        is_whole = reader is not None and reader.id == whose and reader.numbers is Numbers.WHOLE
        return number if is_whole else mask(number, self.language)

    def money(self, amount: Money) -> str:
        """An amount as the reader writes it."""
        return display.money(amount, self.language)

    def day(self, day: date) -> str:
        """A date with its weekday."""
        return display.date_long(day, self.language, self.today)

    def short_day(self, day: date) -> str:
        """A date without its weekday."""
        return display.date_short(day, self.language, self.today)

    def in_days(self, day: date) -> str:
        """How far a day is from today."""
        return display.in_days((day - self.today).days, self.language)

    def moment(self, moment: datetime) -> str:
        """An instant as a day and a time where the reader is then."""
        day = self.day(local_date(moment, self.days.zone_at(moment)))
        gap = ", " if self.language != "zh" else "" if day.endswith("）") else " "
        return f"{day}{gap}{self.time(moment)}"

    def time(self, moment: datetime) -> str:
        """An instant's time of day where the reader is then, with its city where they are not now:
        ``09:00``, ``09:00 (Shanghai)``."""
        there = self.days.zone_at(moment)
        told = display.time_of_day(moment, there)
        if there == self.zone:
            return told
        return str(self.t("{time} ({city})", time=told, city=display.city(there, self.language)))

    def render(self, template: str, /, status: int = 200, **values: object) -> Response:
        """A page of a template in ``templates/``."""
        body = self.site.templates.get_template(template).render(visit=self, **self._frame(values))
        headers = {"Content-Language": TAGS[self.language]}
        return HTMLResponse(body, status, headers)

    def _frame(self, values: dict[str, object]) -> dict[str, object]:
        base_url = self.site.app.settings.server.base_url
        return {
            "t": self.t,
            "n": self.n,
            "sheets": self.site.sheets.paths,
            "icon_path": self.site.sheets.icon,
            "tag": TAGS[self.language],
            "host": base_url.partition("://")[2].partition("/")[0],
            "languages": [(code, tag, self._here_in(code)) for code, tag in TAGS.items()],
            "signed_in": self.request.scope.get("signed_in", False),
            "path": self.request.url.path,
            "theme": self.theme,
            "said": "",
            "faults": (),
            **values,
        }

    def _here_in(self, language: str) -> str:
        kept = [(k, v) for k, v in self.request.query_params.multi_items() if k != "language"]
        return "?" + urlencode([*kept, ("language", language)])

    def go(self, path: str) -> Response:
        """Lead on after a post."""
        return RedirectResponse(path, 303)

    def keep_session(self, response: Response, value: str) -> Response:
        """Sign this browser in."""
        return self.keep_cookie(response, self.site.session_cookie, value, SESSION_SECONDS)

    def end_session(self, response: Response) -> Response:
        """Take the session's cookie from this browser."""
        response.delete_cookie(
            self.site.session_cookie, secure=self.site.is_https, httponly=True, samesite="lax"
        )
        return response

    def keep_cookie(self, response: Response, name: str, value: str, seconds: int) -> Response:
        """Set a cookie that no script reads and no other site sends along."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            secure=self.site.is_https,
            httponly=True,
            samesite="lax",
        )
        return response


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def choose_language(request: Request, owner: Owner | None, default: str) -> str:
    """What was asked for, else the cookie, else the owner's, else the browser's, else config's."""
    wanted = request.query_params.get("language") or request.cookies.get(LANGUAGE)
    if wanted:
        return display.language_of(wanted)
    if owner is not None:
        return display.language_of(owner.language)
    for part in request.headers.get("Accept-Language", "").split(","):
        first = part.partition(";")[0].strip().partition("-")[0].casefold()
        if first in TAGS:
            return first
    return display.language_of(default)


async def receive(request: Request) -> Visit:
    """Make the visit of a request: read its cookie, its language, its form."""
    site: Site = request.app.state.site
    found = await _signed_in(site, request.cookies.get(site.session_cookie, ""))
    owner, device = (found.owner, found.device) if found else (None, None)
    request.scope["signed_in"] = owner is not None
    language = choose_language(request, owner, site.app.settings.reminders.language)
    form = await _fields(request)
    return Visit(site, request, owner, language, site.app.now(), form, device)


async def _signed_in(site: Site, cookie: str) -> people.SignedIn | None:
    """Who the cookie is of; that the device was here is noted once an hour."""
    if not cookie:
        return None
    found = await site.app.read(lambda work: people.signed_in(work, cookie))
    if found and found.device.is_due(site.app.now()):
        await site.app.write(lambda work: people.see(work, found.device.id))
    return found


async def _fields(request: Request) -> dict[str, list[str]]:
    """The fields of a plain form; a form with a file is read by the page that takes it."""
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or kind.startswith("multipart/"):
        return {}
    text = (await request.body()).decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def page(handler: Handler) -> Endpoint:
    """A page that anybody may open."""

    async def endpoint(request: Request) -> Response:
        visit = await receive(request)
        response = await handler(visit)
        wanted = request.query_params.get("language", "")
        if wanted in TAGS:
            visit.keep_cookie(response, LANGUAGE, wanted, LANGUAGE_SECONDS)
        return response

    return endpoint


def private(handler: Handler) -> Endpoint:
    """A page for who is signed in; others are led to the sign-in page."""

    async def guarded(visit: Visit) -> Response:
        if visit.owner is None:
            return visit.go("/sign-in")
        return await handler(visit)

    return page(guarded)
