"""POST: done once for each ``Idempotency-Key``, the answer kept for a day beside what was done."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request
from starlette.responses import Response

from reminder.api.access import Admin, Writer
from reminder.api.answers import HEADERS
from reminder.api.bodies import json_object
from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput, NotAllowed
from reminder.service import many, repeats
from reminder.service.many import P
from reminder.service.people import Scope
from reminder.service.work import Work

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="A word of your own: the call is done once."),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST answers. ``once`` are fields said this one time and kept nowhere (secrets)."""

    status: int
    content: Mapping[str, object]
    location: str = ""
    once: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """One POST: who calls, what they sent, and under which key."""

    app: App
    owner: OwnerId | None
    scope: Scope
    path: str
    body: dict[str, object]
    key: str | None

    @property
    def acting(self) -> OwnerId:
        """Whom it acts for, where the call is not about the whole service."""
        if self.owner is None:
            raise NotAllowed("This call acts for an owner: name one", signed_in=True)
        return self.owner

    @property
    def digest(self) -> str:
        """What tells this request from another under the same key."""
        said = json.dumps([self.path, self.body], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    async def answer(self, use: Callable[[Work], Answer], *, brief: bool = True) -> Response:
        """Do it, or answer as the first time; ``brief``: it is soon done."""
        done = await self.app.write(lambda work: self._once(work, use), brief=brief)
        headers = dict(HEADERS)
        if done.location:
            prefix = urlsplit(self.app.settings.server.base_url).path.rstrip("/")
            headers["location"] = prefix + done.location
        body = json.dumps({**done.content, **done.once}, ensure_ascii=False)
        return Response(body, done.status, headers, "application/json")

    async def planned(self, plan: Callable[[Work], P], say: Callable[[P], Answer]) -> Response:
        """Do what is planned while one only reads, or answer as the first time."""

        def look(work: Work) -> P | None:
            return plan(work) if self._before(work) is None else None

        seen = await self.app.read(look)
        return await self.answer(lambda work: say(many.done(work, plan, seen)), brief=False)

    def _before(self, work: Work) -> Answer | None:
        """What it was answered the first time."""
        if self.key is None or self.owner is None:
            return None
        kept = repeats.stored(work, self.owner, self.key, self.digest)
        return Answer(kept[0], json.loads(kept[1]), kept[2]) if kept else None

    def _once(self, work: Work, use: Callable[[Work], Answer]) -> Answer:
        if self.key is None or self.owner is None:
            return use(work)
        before = self._before(work)
        if before is not None:
            return before
        done = use(work)
        body = json.dumps(dict(done.content), ensure_ascii=False)
        repeats.store(work, self.owner, self.key, self.digest, (done.status, body, done.location))
        return done


def _checked(key: str | None) -> str | None:
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidInput.of("Idempotency-Key", "Write 1 to 255 letters, digits or signs")
    return key


async def posting(request: Request, caller: Writer, key: Key = None) -> Post:
    """A POST of somebody who may write."""
    body = await json_object(request)
    return Post(caller.app, caller.owner, caller.scope, request.url.path, body, _checked(key))


async def admin_posting(request: Request, caller: Admin, key: Key = None) -> Post:
    """A POST of an administrator."""
    body = await json_object(request)
    return Post(caller.app, caller.owner, Scope.ADMIN, request.url.path, body, _checked(key))


Posted = Annotated[Post, Depends(posting)]
AdminPosted = Annotated[Post, Depends(admin_posting)]
