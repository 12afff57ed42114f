"""Case f: registering a line by the API, against a bare Starlette handler with one raw insert; and
the board of 5,000 lines."""

from __future__ import annotations

import json
import socket
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from reminder.server import create
from reminder.service import people
from reminder.web.visit import SESSION
from tests.bench.client import ordered, serving
from tests.bench.ground import ground
from tests.bench.measure import Result, Size
from tests.bench.seed import fill

LINES = 5000
POSTS = 2000
LOADS = 40
SLOTS = 8
LINE = {
    "operator": "mts",
    "label": "Mum",
    "balance": "120.50",
    "fee": "300.00",
    "renews_on": "2026-12-01",
    "period": "P1M",
}


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("faces")
    posts = size.of(POSTS, 40)
    ours, bare = [], []
    for _ in range(size.rounds):
        async with ground() as (app, _clock):
            owner = await app.write(lambda w: people.add_owner(w, "anna@example.org"))
            head = {"authorization": f"Bearer {app.local_token}", "x-reminder-owner": owner.email}
            ours.append(await _posted(create(app), "/api/v1/lines", posts, head))
        with tempfile.TemporaryDirectory() as folder:
            bare.append(await _posted(_bare(Path(folder) / "bare.db"), "/", posts, {}))
    rate = result.add("API: lines registered", "/s", *ours)
    base = result.add("bare Starlette handler, one raw insert", "/s", *bare)
    result.at_least("API / bare handler", rate.median / base.median, 0.3)
    await _board(size, result)
    return result


async def _posted(site: Starlette, path: str, posts: int, head: dict[str, str]) -> float:
    """Lines posted a second, by a client in a process of its own."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        async with serving(site, listener):
            lines = [{**LINE, "number": f"+7{9160000000 + n}"} for n in range(posts)]
            order = {"port": port, "path": path, "head": head, "slots": SLOTS}
            return posts / await ordered({**order, "bodies": [json.dumps(one) for one in lines]})


def _bare(file: Path) -> Starlette:
    """What is left when everything is left out that makes it a service."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE line(number TEXT, label TEXT, fee TEXT, renews_on TEXT)")

    async def post(request: Request) -> JSONResponse:
        line = await request.json()
        row = (line["number"], line["label"], line["fee"], line["renews_on"])
        database.execute("INSERT INTO line VALUES (?, ?, ?, ?)", row)
        return JSONResponse(line, status_code=201)

    return Starlette(routes=[Route("/", post, methods=["POST"])])


async def _board(size: Size, result: Result) -> None:
    lines, loads = size.of(LINES, 50), size.of(LOADS, 3)
    plain = {"REMINDER_SERVER__BASE_URL": "http://127.0.0.1"}
    async with ground(environ=plain) as (app, _clock):
        anna = (await app.write(lambda w: people.add_owner(w, "anna@example.org"))).id
        await app.write(lambda w: fill(w, anna, lines))
        path = await app.write(lambda w: people.owner_link(w, anna))
        cookie = await app.write(lambda w: people.sign_in(w, path.removeprefix("/sign-in/")))
        with closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with (
                serving(create(app), listener),
                httpx.AsyncClient(base_url=base, cookies={SESSION: cookie}, timeout=60) as client,
            ):
                first, *took = [await _loaded(client) for _ in range(1 + loads)]
    cuts = quantiles(took, n=20)
    result.add(f"board of {lines:,} lines: first load", "ms", first)
    result.add("board: p50", "ms", cuts[9])
    result.add("board: p95", "ms", cuts[18])
    result.at_most("board p95", cuts[18], 150, " ms")


async def _loaded(client: httpx.AsyncClient) -> float:
    """Milliseconds of a load of the board."""
    start = time.perf_counter()
    answer = await client.get("/lines")
    assert answer.status_code == 200, answer.status_code
    return (time.perf_counter() - start) * 1000
