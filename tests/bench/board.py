"""How long the board of 5,000 lines takes: ``python -m tests.bench.board``.

Prints the time to the first byte of 50 loads of each page, and how many bytes came.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import httpx

from reminder.app import open_app
from reminder.service import people
from reminder.web.visit import SESSION
from tests.bench.seed import fill
from tests.browser.conftest import serving
from tests.conftest import HandClock, settings_in

LINES = 5000
LOADS = 50
PAGES = {
    "board": "/lines",
    "page 3": "/lines?page=3",
    "table": "/lines?view=table",
    "search by number": "/lines?q=8+916+00012",
    "search by name": "/lines?q=%D1%81%D0%BA%D0%BB%D0%B0%D0%B4",
    "who needs me, by name": "/lines?needs=me&sort=name",
    "tag": "/lines?view=table&tag=office&sort=-date",
}


async def load(client: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """Milliseconds to the first byte, and the bytes of the whole."""
    start = time.perf_counter()
    async with client.stream("GET", path) as answer:
        first = (time.perf_counter() - start) * 1000
        assert answer.status_code == 200, answer.status_code
        return first, len(await answer.aread())


async def measure(client: httpx.AsyncClient) -> None:
    """Load each page 50 times and print what it took."""
    first, _ = await load(client, "/lines")
    print(f"first load, every line looked at: {first:.0f} ms")
    for name, path in PAGES.items():
        spent = time.process_time()
        loads = [await load(client, path) for _ in range(LOADS)]
        work = (time.process_time() - spent) / LOADS * 1000
        cuts = quantiles([took for took, _ in loads], n=20)
        said = f"p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms, {work:.0f} ms of work"
        print(f"{name}: {said}, {loads[0][1]} bytes")


async def main() -> None:
    """Fill a database, serve it on loopback, and measure."""
    with tempfile.TemporaryDirectory() as folder, closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = settings_in(Path(folder), {"REMINDER_SERVER__BASE_URL": base_url})
        async with open_app(settings, clock=HandClock()) as app, serving(app, listener):
            anna = (await app.write(lambda work: people.add_owner(work, "anna@example.org"))).id
            await app.write(lambda work: fill(work, anna, LINES))
            path = await app.write(lambda work: people.owner_link(work, anna))
            token = path.removeprefix("/sign-in/")
            cookie = await app.write(lambda work: people.sign_in(work, token))
            async with httpx.AsyncClient(
                base_url=base_url, cookies={SESSION: cookie}, timeout=60
            ) as client:
                await measure(client)


if __name__ == "__main__":
    asyncio.run(main())
