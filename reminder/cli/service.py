"""Reach the service: the one that runs here, the one that REMINDER_URL names, or, where none runs,
the same API in this process, under the same lock. Each way loads only what it needs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from reminder.cli.shell import Json, Shell
from reminder.errors import ReminderError

if TYPE_CHECKING:
    import httpx

    from reminder.config import Settings

API = "/api/v1"
PATIENCE_SECONDS = 30.0
BAD = 400


class Service:
    """The API as the commands call it. ``is_here``: no service runs, so nothing is sent yet."""

    def __init__(self, client: httpx.AsyncClient, *, is_here: bool) -> None:
        self._client = client
        self.is_here = is_here

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str | None] | None = None,
    ) -> httpx.Response:
        """Call the API; what it refuses becomes one clear line."""
        params = {name: value for name, value in (query or {}).items() if value is not None}
        return await self._sent(
            self._client.build_request(method, API + path, json=body, params=params)
        )

    async def send(self, path: str, content: bytes, query: Mapping[str, str]) -> Json:
        """POST a file as it is; what is done with it goes on by itself."""
        headers = {"content-type": "application/octet-stream", "prefer": "respond-async"}
        url = API + path
        return _object(
            await self._sent(
                self._client.build_request(
                    "POST", url, content=content, params=query, headers=headers
                )
            )
        )

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        import httpx

        try:
            answer = await self._client.send(request)
        except httpx.HTTPError as error:
            where = self._client.base_url
            raise ReminderError(
                f"The service at {where} does not answer: start it, or look at REMINDER_URL"
            ) from error
        if answer.status_code >= BAD:
            raise ReminderError(_sentence(answer))
        return answer

    async def get(self, path: str, **query: str | None) -> Json:
        """GET an object."""
        return _object(await self.ask("GET", path, query=query))

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """POST an object, and get one."""
        return _object(await self.ask("POST", path, body or {}))

    async def patch(self, path: str, body: Mapping[str, object]) -> Json:
        """PATCH an object, and get it as it is now."""
        return _object(await self.ask("PATCH", path, body))

    async def all(self, path: str, **query: str | None) -> list[Json]:
        """Every item of a list, page by page."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            said = await self.get(path, limit="500", cursor=cursor, **query)
            items += cast("list[Json]", said["items"])
            cursor = cast("str | None", said["next"])
            if cursor is None:
                return items

    async def line(self, text: str) -> Json:
        """The line of an id, a number in any spelling, or an unambiguous label."""
        return (await self.all("/lines", find=text, masked="false"))[0]


def _object(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise ReminderError("What answered is no reminder service: look at REMINDER_URL") from error
    if not isinstance(found, dict):
        raise ReminderError("What answered is no reminder service: look at REMINDER_URL")
    return found


def _field(pointer: str) -> str:
    path = unquote(pointer.removeprefix("#").removeprefix("/"))
    return f"{path}: " if path else ""


def _sentence(answer: httpx.Response) -> str:
    """What a problem says, on one line; its fields by name."""
    try:
        said = json.loads(answer.text)
        faults = [f"{_field(one['pointer'])}{one['detail']}" for one in said["errors"]]
        return "; ".join(faults) or str(said["detail"])
    except (ValueError, KeyError, TypeError):
        return f"What answered ({answer.status_code}) is no reminder service: look at REMINDER_URL"


@asynccontextmanager
async def reach(shell: Shell, owner: str | None = None) -> AsyncIterator[Service]:
    """The service, for the length of one command, acting for ``owner``."""
    headers = {"x-reminder-owner": owner} if owner else {}
    url = shell.environ.get("REMINDER_URL", "").rstrip("/")
    if url:
        async with _client(url, _token(shell), headers) as client:
            yield Service(client, is_here=False)
        return
    from reminder.config import load
    from reminder.service.folder import running_service

    settings = load(shell.config, shell.environ)
    running = running_service(settings)
    if running is not None:
        async with _client(*running, headers, trust_env=False) as client:
            yield Service(client, is_here=False)
        return
    async with _here(settings, headers) as client:
        yield Service(client, is_here=True)


@asynccontextmanager
async def _here(settings: Settings, headers: Mapping[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The API in this process, for the length of one command."""
    import httpx
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from reminder import api
    from reminder.app import open_app

    async with open_app(settings) as app:
        site = Starlette(routes=[Mount("/api", api.create(app))])
        transport = httpx.ASGITransport(site, raise_app_exceptions=False)
        async with _client("http://localhost", app.local_token, headers, transport) as client:
            yield client


def _token(shell: Shell) -> str:
    token = shell.environ.get("REMINDER_TOKEN", "")
    if not token:
        raise ReminderError("REMINDER_URL is set: set REMINDER_TOKEN to an API token too")
    return token


def _client(
    url: str,
    token: str,
    headers: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    trust_env: bool = True,
) -> httpx.AsyncClient:
    import httpx

    try:
        return httpx.AsyncClient(
            base_url=url,
            headers={**headers, "authorization": f"Bearer {token}"},
            timeout=PATIENCE_SECONDS,
            transport=transport,
            trust_env=trust_env,
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise ReminderError("REMINDER_URL, REMINDER_TOKEN or --owner cannot be sent") from error
