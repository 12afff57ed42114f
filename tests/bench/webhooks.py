"""Case a: webhooks end to end (plan, claim, render, sign, POST, finish) against the same transport
posting the same bytes in a bare loop, and against a bare aiohttp loop."""

from __future__ import annotations

from datetime import datetime, timedelta

import aiohttp

from reminder.app import App
from reminder.domain.delivery import Lane, WebhookTarget
from reminder.engine import planner
from reminder.engine.letters import Letter, prepare
from reminder.storage import claims
from reminder.storage.database import Session
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.bench.ground import LOOPBACK, check_all_sent, ground, hosts
from tests.bench.measure import Result, Size, Spent, in_flight, timed
from tests.bench.sinks import sink
from tests.bench.stock import DUE, Stock, fill

DELIVERIES = 5000
SLOTS = 128
CHECKED = 1000
LEASE = timedelta(minutes=1)


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("webhook")
    with sink("http") as port:
        for kind in ("sqlite", "postgresql"):
            await _on(kind, size, port, result)
    return result


async def _on(kind: str, size: Size, port: int, result: Result) -> None:
    count = size.of(DELIVERIES, 100)
    whole: list[Spent] = []
    own: list[Spent] = []
    bare: list[Spent] = []
    stages: dict[str, list[float]] = {"plan": [], "send": []}
    for _ in range(size.rounds):
        async with ground(kind) as (app, clock):
            await fill(app, Stock(count, urls=hosts(port)))
            clock.set(DUE)
            letters = await sample(app, clock(), min(count, CHECKED))
            planned = await timed(app.plan)
            sent = await timed(app.ensure_sender().drain)
            whole.append(Spent(planned.seconds + sent.seconds, planned.cpu + sent.cpu))
            stages["plan"].append(planned.cpu / count * 1e6)
            stages["send"].append(sent.cpu / count * 1e6)
            await check_all_sent(app, count)
        own.append(await bare_transport(letters, count))
        bare.append(await bare_aiohttp(letters, count))
    rate = result.add(f"{kind}: deliveries end to end", "/s", *(count / s.seconds for s in whole))
    result.add(f"{kind}: CPU of a delivery", "µs", *(s.cpu / count * 1e6 for s in whole))
    for stage, micros in stages.items():
        result.add(f"{kind}: of it to {stage}", "µs", *micros)
    named = "the same transport, bare loop"
    ours = result.add(f"{kind}: {named}", "/s", *(count / s.seconds for s in own))
    theirs = result.add(f"{kind}: aiohttp, bare loop", "/s", *(count / s.seconds for s in bare))
    result.at_least(f"{kind}: end to end / {named}", rate.median / ours.median, 0.45)
    result.at_least(f"{kind}: end to end / aiohttp", rate.median / theirs.median, 0.2)


async def sample(app: App, now: datetime, count: int) -> list[Letter]:
    """The very messages that will be sent: planned and claimed in a transaction that is not
    kept."""
    found: list[Letter] = []

    def look(session: Session) -> None:
        while planner.plan(session, app.desk, now) and len(found) < count:
            lease = claims.claim(session, Lane.WEBHOOK, now, now + LEASE, count, "sample")
            made = prepare(session, app.desk, lease, now)
            found.extend(one for one in made if isinstance(one, Letter))
        session.rollback()

    await app.database.write(look)
    return found


async def bare_transport(letters: list[Letter], count: int) -> Spent:
    """Our transport by itself."""
    allowed = WebhookSettings(concurrency=SLOTS, allow_networks=LOOPBACK)
    transport = WebhookTransport(allowed)
    now = datetime.fromisoformat(DUE)

    async def one(number: int) -> None:
        letter = letters[number % len(letters)]
        assert isinstance(letter.target, WebhookTarget)
        await transport.send(letter.message, letter.target, now)

    spent = await timed(lambda: in_flight(count, SLOTS, one))
    await transport.close()
    return spent


async def bare_aiohttp(letters: list[Letter], count: int) -> Spent:
    """The library by itself, as its manual has it."""
    connector = aiohttp.TCPConnector(limit=SLOTS)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(number: int) -> None:
            letter = letters[number % len(letters)]
            assert isinstance(letter.target, WebhookTarget)
            async with session.post(letter.target.url, data=letter.message.payload) as answer:
                await answer.read()

        return await timed(lambda: in_flight(count, SLOTS, one))
