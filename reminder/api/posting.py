"""POST: done once for each ``Idempotency-Key``, the answer kept for a day beside what was done."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Generic
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from reminder.api.access import (
    Administrator,
    C,
    Caller,
    Credentials,
    Entry,
    administrator_of,
    bearer,
    entry_of,
    gate_of,
)
from reminder.api.answers import HEADERS
from reminder.api.bodies import json_object
from reminder.app import App
from reminder.errors import InvalidInput
from reminder.service import many, repeats
from reminder.service.many import P
from reminder.service.people import Scope
from reminder.service.work import Work

_KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Key = Annotated[
    str | None,
    Header(alias=_KEY_HEADER, description="A word of your own: the call is done once."),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST answers, as JSON. ``once`` are fields said this one time and kept nowhere
    (secrets)."""

    status: int
    content: str
    location: str = ""
    once: Mapping[str, object] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """Everything that is said this one time."""
        if not self.once:
            return self.content
        return json.dumps({**json.loads(self.content), **self.once}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Post(Generic[C]):
    """One POST: who wants to call, what they sent, and under which key."""

    entry: Entry[C]
    path: str
    body: dict[str, object]
    key: str | None

    @property
    def app(self) -> App:
        """Where it came in."""
        return self.entry.gate.app

    @property
    def digest(self) -> str:
        """What tells this request from another under the same key."""
        said = json.dumps([self.path, self.body], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    async def answer(self, use: Callable[[Work, C], Answer], *, brief: bool = True) -> Response:
        """Do it, or answer as the first time; ``brief``: it is soon done."""
        done = await self.entry.write(partial(self._once, use), brief=brief)
        headers = dict(HEADERS)
        if done.location:
            prefix = urlsplit(self.app.settings.server.base_url).path.rstrip("/")
            headers["location"] = prefix + done.location
        return Response(done.whole, done.status, headers, "application/json")

    async def planned(self, plan: Callable[[Work, C], P], say: Callable[[P], Answer]) -> Response:
        """Do what is planned while one only reads, or answer as the first time."""

        def look(work: Work, caller: C) -> P | None:
            return plan(work, caller) if self._before(work, caller) is None else None

        seen = await self.entry.read(look)

        def use(work: Work, caller: C) -> Answer:
            return say(many.done(work, lambda again: plan(again, caller), seen))

        return await self.answer(use, brief=False)

    def _before(self, work: Work, caller: C) -> Answer | None:
        """What it was answered the first time."""
        if self.key is None or caller.owner is None:
            return None
        kept = repeats.stored(work, caller.owner, self.key, self.digest)
        return Answer(*kept) if kept else None

    def _once(self, use: Callable[[Work, C], Answer], work: Work, caller: C) -> Answer:
        if self.key is None or caller.owner is None:
            return use(work, caller)
        before = self._before(work, caller)
        if before is not None:
            return before
        done = use(work, caller)
        kept = (done.status, done.content, done.location)
        repeats.store(work, caller.owner, self.key, self.digest, kept)
        return done


def _checked(key: str | None) -> str | None:
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidInput.of(_KEY_HEADER, "Write 1 to 255 letters, digits or signs")
    return key


async def _post(request: Request, entry: Entry[C], key: str | None) -> Post[C]:
    try:
        body = await json_object(request)
        return Post(entry, request.scope["path"], body, _checked(key))
    except (HTTPException, InvalidInput):
        await entry.admit()  # who may not call at all is told that
        raise


async def posting(request: Request, shown: Credentials, key: Key = None) -> Post[Caller]:
    """A POST of somebody who may write, as its work will find out."""
    return await _post(request, entry_of(Scope.WRITE, request, shown), key)


async def admin_posting(
    request: Request, shown: Credentials, key: Key = None
) -> Post[Administrator]:
    """A POST of an administrator, as its work will find out."""
    return await _post(request, administrator_of(gate_of(request), request, shown), key)


def _straight(read: Callable[..., Awaitable[Post[C]]]) -> Callable[[Request], Awaitable[Post[C]]]:
    async def straight(request: Request) -> Post[C]:
        return await read(request, await bearer(request), request.headers.get(_KEY_HEADER))

    return straight


READERS: Mapping[object, Callable[[Request], Awaitable[Post[Any]]]] = {
    posting: _straight(posting),
    admin_posting: _straight(admin_posting),
}
"""How a POST is read by who does not leave its parameters to FastAPI."""
Posted = Annotated[Post[Caller], Depends(posting)]
AdminPosted = Annotated[Post[Administrator], Depends(admin_posting)]
